import { z } from 'zod';

import { Timestamp } from './common.ts';

/** One entry of the autoscaler's log: what it saw of a service, and what it did about it. */
export const ScalingDecision = z
  .object({
    at: Timestamp,
    /**
     * scaled: there are to be more or fewer replicas · refusedMore: the load needs more than there may be, or than there
     * is room for · refusedFewer: the load needs fewer, and has not for long enough.
     */
    outcome: z.enum(['scaled', 'refusedMore', 'refusedFewer']),
    /** Requests that replicas had. */
    busy: z.int(),
    /** Requests that waited in routers. */
    queued: z.int(),
    /** False when a router did not say what it had. */
    isComplete: z.boolean(),
    /** That were asked for before. */
    replicas: z.int(),
    /** That are asked for from now on. */
    desired: z.int(),
    settings: z.object({
      minReplicas: z.int(),
      maxReplicas: z.int(),
      /** Percent. */
      targetUtilization: z.int(),
      refreshPeriodInSeconds: z.int(),
      maxConcurrentRequestsPerContainer: z.int(),
    }),
    /** One sentence with the numbers that decided. */
    because: z.string(),
  })
  .meta({ id: 'ScalingDecision', description: 'What the autoscaler decided about a service, with what it saw.' });
export type ScalingDecision = z.infer<typeof ScalingDecision>;

/** Of one service that so many are kept; older ones go first. */
export const KEPT_DECISIONS = 100;
