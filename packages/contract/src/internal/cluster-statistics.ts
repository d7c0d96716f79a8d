/**
 * What the elected router writes of all routers' counts, into a ConfigMap in their namespace: rollouts are judged by it,
 * and the control plane can't reach routers that a NetworkPolicy keeps to themselves.
 */
import { z } from 'zod';

import { ScalingDecision } from '../resources/scaling.ts';
import { RouterStatistics } from './route-table.ts';

export const CLUSTER_STATISTICS = {
  /** Name of the ConfigMap. */
  configMap: 'farled-router-statistics',
  /** Its key, with a ClusterStatistics. */
  key: 'statistics.json',
  /** Its key, with ClusterDecisions. */
  decisionsKey: 'decisions.json',
  /** How often it is written, while there are endpoints. */
  everyMs: 10_000,
} as const;

export const ClusterStatistics = z.object({
  /** Milliseconds since the epoch, by the router's clock. */
  at: z.int(),
  /** Every router that takes requests was heard. */
  isComplete: z.boolean(),
  /** Of services, only versions of endpoints are in them. */
  routers: z.array(RouterStatistics),
});
export type ClusterStatistics = z.infer<typeof ClusterStatistics>;

/** The autoscaler's log, by the name of the service, oldest first: it outlives the router that wrote it. */
export const ClusterDecisions = z.record(z.string(), z.array(ScalingDecision));
export type ClusterDecisions = z.infer<typeof ClusterDecisions>;
