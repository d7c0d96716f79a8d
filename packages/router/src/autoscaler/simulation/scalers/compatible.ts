/** The router's own law, through the code that the elected router runs at each look. */
import type { ClusterService } from '../../../cluster/route-table.ts';
import { decideRound, type Scaled } from '../../round.ts';
import type { ScalerOf, SimulationSettings } from '../scaler.ts';

const NAME = 'simulated';

export const compatible: ScalerOf = (settings) => {
  const services = [serviceOf(settings)];
  let before: ReadonlyMap<string, Scaled> = new Map();
  return ({ now, busy, queued, asked }) => {
    const demand = new Map([[NAME, { busy, queued }]]);
    const { decisions, after } = decideRound({ now, services, demand, isComplete: true, current: () => asked, before });
    before = after;
    return decisions[0]?.desired ?? asked;
  };
};

function serviceOf(settings: SimulationSettings): ClusterService {
  const { minReplicas, maxReplicas, targetUtilization, refreshPeriodInSeconds } = settings;
  const { maxConcurrentRequestsPerContainer, maxQueueWaitMs } = settings;
  return {
    namespace: NAME,
    route: {
      name: NAME,
      workspace: NAME,
      keyDigests: null,
      tokens: null,
      maxConcurrentRequestsPerContainer,
      maxQueueWaitMs,
      scoringTimeoutMs: 60_000,
      deployment: NAME,
      scaling: { kind: 'automatic', minReplicas, maxReplicas, targetUtilization, refreshPeriodInSeconds },
    },
  };
}
