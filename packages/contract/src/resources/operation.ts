import { z } from 'zod';

import { ErrorBody } from '../errors.ts';
import { Timestamp } from './common.ts';

export const OPERATION_STATES = ['NotStarted', 'Running', 'Succeeded', 'Failed', 'Cancelled', 'TimedOut'] as const;
export type OperationState = (typeof OPERATION_STATES)[number];

export function hasEnded(state: OperationState): boolean {
  return state !== 'NotStarted' && state !== 'Running';
}

const OPERATION_KINDS = [
  'CreateCompute',
  'UpdateCompute',
  'DeleteCompute',
  'DetachCompute',
  'CreateService',
  'UpdateService',
  'RollBackService',
  'DeleteService',
  'CreateEndpoint',
  'UpdateEndpoint',
  'DeleteEndpoint',
  'RollOutVersion',
  'CreateVersion',
  'UpdateVersion',
  'DeleteVersion',
  'PackageModels',
  'BuildEnvironment',
] as const;
export type OperationKind = (typeof OPERATION_KINDS)[number];

/** A version is named as `endpoint.version`. */
const OPERATION_TARGETS = ['compute', 'service', 'endpoint', 'version', 'package', 'environment'] as const;
export type OperationTarget = (typeof OPERATION_TARGETS)[number];

export const Operation = z
  .object({
    id: z.string(),
    kind: z.enum(OPERATION_KINDS),
    /** The resource that it changes. */
    target: z.object({ type: z.enum(OPERATION_TARGETS), name: z.string() }),
    state: z.enum(OPERATION_STATES),
    error: ErrorBody.nullable(),
    createdTime: Timestamp,
    endTime: Timestamp.nullable(),
  })
  .meta({ id: 'Operation', description: 'A long-running change with a log.' });
export type Operation = z.infer<typeof Operation>;

export const OperationLog = z.object({
  lines: z.array(z.object({ at: Timestamp, text: z.string() })),
  /** Pass it as `from` to go on after these lines. */
  next: z.int(),
  state: z.enum(OPERATION_STATES),
});
export type OperationLog = z.infer<typeof OperationLog>;
