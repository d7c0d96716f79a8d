import { z } from 'zod';

import { ServiceSettings } from '../documents/deployment-config.ts';
import { ErrorBody } from '../errors.ts';
import { ComputeName, ModelId } from '../names.ts';
import { FileManifest, OperationId, RelativePath, Tags, TextChanges, Timestamp } from './common.ts';
import { DeployedEnvironment } from './environment.ts';

export const SERVICE_STATES = ['Transitioning', 'Healthy', 'Unhealthy', 'Unschedulable', 'Failed'] as const;
export type ServiceState = (typeof SERVICE_STATES)[number];

/** Models may be named `name` (the latest version) or `name:version`. */
export const ModelIds = z
  .array(ModelId)
  .max(1000, { error: 'must not name more than 1,000 models' })
  .refine((ids) => new Set(ids).size === ids.length, { error: 'must not name a model twice' });

/** The entry script with its folder, and the environment it runs in: given whole, or by name. */
export const Inference = z.strictObject({
  entryScript: RelativePath,
  source: FileManifest,
  environment: DeployedEnvironment,
});
export type Inference = z.output<typeof Inference>;

const Key = z
  .string()
  .min(8, { error: 'must have at least 8 characters' })
  .max(256)
  .regex(/^[\x21-\x7e]+$/, { error: 'must be printable ASCII without spaces' });

/** Those that are not given are made. */
export const GivenKeys = z.strictObject({ primaryKey: Key.optional(), secondaryKey: Key.optional() }).prefault({});

export const ServiceKeys = z.object({ primaryKey: z.string(), secondaryKey: z.string() }).meta({ id: 'ServiceKeys' });
export type ServiceKeys = z.infer<typeof ServiceKeys>;

export const RegenerateKey = z.strictObject({
  keyType: z.enum(['Primary', 'Secondary'], { error: 'must be Primary or Secondary' }),
  keyValue: Key.optional(),
});

export const ServiceToken = z
  .object({
    /** A JWT, for `Authorization: Bearer`. */
    accessToken: z.string(),
    tokenType: z.literal('Bearer'),
    /** Seconds since 1970: from then on a new one should be taken. */
    refreshAfter: z.int(),
    /** Seconds since 1970. */
    expiryOn: z.int(),
  })
  .meta({ id: 'ServiceToken', description: 'Lets its bearer score with one service, for a while.' });
export type ServiceToken = z.infer<typeof ServiceToken>;

export const RevokedTokens = z
  .object({
    /** Seconds since 1970: tokens that were issued before are refused. */
    notBefore: z.int(),
  })
  .meta({ id: 'RevokedTokens' });

/** What to change of {@link ServiceSettings}; null and absent leave a value as it is. */
const DeploySettings = ServiceSettings.input;

export const DeployService = z.strictObject({
  computeName: ComputeName,
  models: ModelIds.default([]),
  /** Absent: the one model is served without an entry script, by what is known of its framework. */
  inference: Inference.optional(),
  settings: DeploySettings.prefault({}),
  description: z.string().max(8192).default(''),
  tags: Tags.default({}),
  properties: Tags.default({}),
  keys: GivenKeys,
  /** Replace a service of that name; its keys and scoring address stay. */
  overwrite: z.boolean().default(false),
  operationId: OperationId.optional(),
});
export type DeployService = z.output<typeof DeployService>;

/** Absent fields stay as they are; `tags` replaces all tags, `addProperties` only adds. */
export const UpdateService = z.strictObject({
  models: ModelIds.optional(),
  inference: Inference.optional(),
  settings: DeploySettings.optional(),
  ...TextChanges,
  operationId: OperationId.optional(),
});
export type UpdateService = z.output<typeof UpdateService>;

export const RollBackService = z.strictObject({ operationId: OperationId.optional() }).prefault({});

const REPLICA_PHASES = ['starting', 'ready', 'unready', 'draining', 'exited'] as const;

export const ReplicaStatus = z.object({
  id: z.string(),
  /** Which content of the service it runs. */
  revision: z.string(),
  phase: z.enum(REPLICA_PHASES),
  startedTime: Timestamp,
  restarts: z.int(),
});
export type ReplicaStatus = z.infer<typeof ReplicaStatus>;

export const Service = z
  .object({
    id: z.string(),
    name: z.string(),
    description: z.string(),
    tags: Tags,
    properties: Tags,
    computeName: z.string(),
    computeType: z.literal('AKS'),
    state: z.enum(SERVICE_STATES),
    error: ErrorBody.nullable(),
    /** Empty while the router of its compute target has no address. */
    scoringUri: z.string(),
    swaggerUri: z.string(),
    models: z.array(z.string()),
    inference: z.object({
      entryScript: z.string(),
      environment: z.object({ name: z.string(), version: z.string() }),
    }),
    settings: ServiceSettings,
    deploymentStatus: z.object({
      desiredReplicas: z.int(),
      updatedReplicas: z.int(),
      availableReplicas: z.int(),
      replicas: z.array(ReplicaStatus),
    }),
    /** The latest operation on the service. */
    operationId: z.string(),
    createdTime: Timestamp,
    updatedTime: Timestamp,
  })
  .meta({ id: 'Service', description: 'A web service: an entry script and its models, answering requests.' });
export type Service = z.infer<typeof Service>;

export const ServiceLogs = z.object({ lines: z.array(z.string()) });
