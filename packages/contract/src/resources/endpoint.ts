/** Endpoints: one name, address and set of keys for several versions of a service, which share its requests. */
import { z } from 'zod';

import { ServiceSettings } from '../documents/deployment-config.ts';
import { ErrorBody } from '../errors.ts';
import { ComputeName, ServiceName } from '../names.ts';
import { OperationId, Tags, TextChanges, Timestamp } from './common.ts';
import { GivenKeys, Inference, ModelIds, Service, SERVICE_STATES } from './service.ts';

const VERSION_TYPES = ['Control', 'Treatment'] as const;
export type VersionType = (typeof VERSION_TYPES)[number];

const Percentile = z.number().min(0, { error: 'must be 0 to 100' }).max(100, { error: 'must be 0 to 100' });

/** Who may score is said of the endpoint, for all its versions. */
const VersionSettings = ServiceSettings.input.omit({ authEnabled: true, tokenAuthEnabled: true });

const Share = {
  /** Of the requests; what is given to no version goes to the default one. */
  trafficPercentile: Percentile.optional(),
  /** The default so far ceases to be it. A first version is it without being asked. */
  isDefault: z.boolean().optional(),
  /** A version that becomes the control makes the one so far a treatment. */
  type: z.enum(VERSION_TYPES, { error: 'must be Control or Treatment' }).optional(),
};

const Texts = {
  description: z.string().max(8192).default(''),
  tags: Tags.default({}),
  properties: Tags.default({}),
};

export const CreateVersion = z.strictObject({
  ...Share,
  ...Texts,
  models: ModelIds.default([]),
  inference: Inference,
  settings: VersionSettings.prefault({}),
  operationId: OperationId.optional(),
});
export type CreateVersion = z.output<typeof CreateVersion>;

/** Absent fields stay as they are; `tags` replaces all tags, `addProperties` only adds. */
export const UpdateVersion = z.strictObject({
  ...Share,
  models: ModelIds.optional(),
  inference: Inference.optional(),
  settings: VersionSettings.optional(),
  ...TextChanges,
  operationId: OperationId.optional(),
});
export type UpdateVersion = z.output<typeof UpdateVersion>;

/** A field name, as in HTTP. */
const StickyHeader = z
  .string()
  .max(64)
  .regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/, { error: 'must be the name of a header' })
  .transform((name) => name.toLowerCase());

const Mirror = z.strictObject({
  /** It gets copies of requests that others answer. */
  version: ServiceName,
  /** Of the requests. */
  percentile: Percentile,
});

const Authentication = {
  authEnabled: z.boolean().optional(),
  tokenAuthEnabled: z.boolean().optional(),
};

export const CreateEndpoint = z.strictObject({
  computeName: ComputeName,
  /** The name of the endpoint when not said. */
  versionName: ServiceName.optional(),
  version: CreateVersion.omit({ operationId: true }),
  ...Authentication,
  keys: GivenKeys,
  /** Requests with the same value in this header go to the same version. */
  stickyHeader: StickyHeader.nullable().default(null),
  ...Texts,
  /** Where there is an endpoint of the name: replace this version of it, or add it. Keys and address stay. */
  overwrite: z.boolean().default(false),
  operationId: OperationId.optional(),
});
export type CreateEndpoint = z.output<typeof CreateEndpoint>;

/** Absent fields stay as they are. Takes effect as one: there is no moment with half of it. */
export const UpdateEndpoint = z.strictObject({
  ...Authentication,
  /** Percentages by the name of the version; versions that are not named keep theirs. */
  traffic: z.record(ServiceName, Percentile).optional(),
  defaultVersion: ServiceName.optional(),
  controlVersion: ServiceName.optional(),
  /** Null: every request is drawn anew. */
  stickyHeader: StickyHeader.nullable().optional(),
  /** Null: no version gets copies. */
  mirror: Mirror.nullable().optional(),
  ...TextChanges,
  operationId: OperationId.optional(),
});
export type UpdateEndpoint = z.output<typeof UpdateEndpoint>;

export const RollOut = z.strictObject({
  /** Neither the default version nor the control, and healthy. */
  version: ServiceName,
  /** Percentages that it gets one after the other. */
  steps: z
    .array(Percentile)
    .min(1)
    .max(20)
    .refine((steps) => steps.every((step, index) => step > (steps[index - 1] ?? 0)), { error: 'must grow' }),
  /** How long a step lasts at least. */
  stepSeconds: z.int().min(1).max(604_800).default(60),
  /** How many requests the version has to get in a step at least. */
  minRequests: z.int().min(0).max(1_000_000_000).default(100),
  /** From 0 to 1: by how much its rate of errors may be above that of the control. Null: any. */
  maxErrorRateIncrease: z.number().min(0).max(1).nullable().default(0.01),
  /** How many times that of the control its 99th percentile may be. Null: any. */
  maxP99Ratio: z.number().min(1).max(1000).nullable().default(1.5),
  operationId: OperationId.optional(),
});
export type RollOut = z.output<typeof RollOut>;

export const Rollout = RollOut.omit({ operationId: true }).extend({
  operationId: z.string(),
  /** Index of the step that it is at, or ended at. */
  step: z.int(),
  state: z.enum(['Running', 'Succeeded', 'RolledBack', 'Aborted']),
  /** What it got before, and gets again when it is rolled back. */
  before: z.number(),
  /** Why it is where it is, with the numbers. */
  because: z.string(),
});
export type Rollout = z.output<typeof Rollout>;

export const EndpointVersion = Service.omit({ computeName: true, computeType: true }).extend({
  trafficPercentile: z.number(),
  /** Percent of the requests that it gets now: none before it was healthy for the first time. */
  effectivePercentile: z.number(),
  isDefault: z.boolean(),
  type: z.enum(VERSION_TYPES),
});
export type EndpointVersion = z.infer<typeof EndpointVersion>;

export const Endpoint = z
  .object({
    id: z.string(),
    name: z.string(),
    description: z.string(),
    tags: Tags,
    properties: Tags,
    computeName: z.string(),
    computeType: z.literal('AKSENDPOINT'),
    /** Of its versions that are to get requests, the worst. */
    state: z.enum(SERVICE_STATES),
    error: ErrorBody.nullable(),
    /** Empty while the router of its compute target has no address. */
    scoringUri: z.string(),
    swaggerUri: z.string(),
    authEnabled: z.boolean(),
    tokenAuthEnabled: z.boolean(),
    defaultVersion: z.string(),
    controlVersion: z.string(),
    stickyHeader: z.string().nullable(),
    mirror: Mirror.nullable(),
    /** The latest one; null when there was none. */
    rollout: Rollout.nullable(),
    /** In the order in which they came to be. */
    versions: z.array(EndpointVersion),
    /** The latest operation on the endpoint or one of its versions. */
    operationId: z.string(),
    createdTime: Timestamp,
    updatedTime: Timestamp,
  })
  .meta({
    id: 'Endpoint',
    description: 'Several versions of a service under one name, each with a share of the requests.',
  });
export type Endpoint = z.infer<typeof Endpoint>;
