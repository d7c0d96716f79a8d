/** Talk between the runtime of a replica and those who start it and route to it. */
import { z } from 'zod';

/** Paths that the runtime answers beside the scoring contract; the router never forwards them. */
export const REPLICA_CONTROL = {
  /** GET: 200 with ReplicaReport at any time, also while Python computes. */
  report: '/-/report',
  /** GET: 200 when it takes requests, else 503. */
  ready: '/-/ready',
  /** POST: refuse new requests, finish the accepted ones; 202 at once. */
  drain: '/-/drain',
} as const;

const REPLICA_STATES = ['starting', 'ready', 'draining', 'failed'] as const;

export const ReplicaFailure = z.object({
  /** One of the deployment error codes. */
  code: z.enum([
    'UserScriptInitFailed',
    'UserScriptImportError',
    'UserScriptFunctionNotFound',
    'DeploymentCrashLoopBackOff',
    'ReplicaOutOfMemory',
  ]),
  /** One sentence. */
  message: z.string(),
  /** The Python traceback, empty when there is none. */
  traceback: z.string(),
});
export type ReplicaFailure = z.infer<typeof ReplicaFailure>;

export const ReplicaReport = z.object({
  replica: z.string(),
  pid: z.int(),
  state: z.enum(REPLICA_STATES),
  inFlight: z.int(),
  workers: z.array(z.object({ pid: z.int(), state: z.enum(['starting', 'idle', 'busy']) })),
  /** Workers replaced since the start, by cause. */
  replaced: z.object({ crashed: z.int(), timedOut: z.int() }),
  failure: ReplicaFailure.nullable(),
});
export type ReplicaReport = z.infer<typeof ReplicaReport>;

/**
 * Header on a refusal by a replica that did not begin to execute the request: the router may send it to another
 * one. Values say why.
 */
export const NOT_EXECUTED_HEADER = 'x-farled-not-executed';
export const NOT_EXECUTED_REASONS = ['busy', 'draining', 'starting'] as const;

/** Header with the milliseconds left until the router gives up on a request. */
export const DEADLINE_HEADER = 'x-farled-timeout-ms';

/** Exit code of a runtime whose entry script could not be started, as the original's. */
export const BOOT_FAILURE_EXIT_CODE = 3;
