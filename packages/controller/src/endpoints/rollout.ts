/** One look at a rollout: what was counted in, what it becomes out. Pure. */
import { changeTraffic, type RouterStatistics } from '@farled/contract';
import type { EndpointRecord, RolloutRecord, Sharing } from '@farled/state';

import { decideGate } from './gate.ts';
import { beginObservation, NOTHING, Observation, observe } from './tally.ts';

export interface RolloutMove {
  readonly rollout: RolloutRecord;
  /** Absent when requests are shared as before. */
  readonly sharing?: Sharing;
  /** For the log of the operation. */
  readonly line?: string;
}

/** `statistics` were read after the routers had taken up the present step. */
export function moveRollout(
  { name, sharing }: Pick<EndpointRecord, 'name' | 'sharing'>,
  rollout: RolloutRecord,
  statistics: readonly RouterStatistics[],
  now: number,
): RolloutMove {
  const { version, steps, step } = rollout;
  const serviceOf = (of: string): string => `${name}.${of}`;
  const [control, treatment] = [serviceOf(sharing.traffic.controlVersion), serviceOf(version)];
  const percentile = steps[step] ?? 0;
  const known = Observation.safeParse(rollout.observation);
  if (!known.success) {
    const because = `Step ${step + 1} of ${steps.length}: ${version} gets ${percentile} %.`;
    return {
      rollout: { ...rollout, because, observation: beginObservation([control, treatment], statistics, now) },
      line: because,
    };
  }
  const observation = observe(known.data, statistics);
  const { decision, because } = decideGate({
    settings: {
      trafficPercentile: percentile,
      minimumSeconds: rollout.stepSeconds,
      minimumRequests: rollout.minRequests,
      maxErrorRateIncrease: rollout.maxErrorRateIncrease,
      maxP99Ratio: rollout.maxP99Ratio,
    },
    control: observation.sums[control] ?? NOTHING,
    treatment: observation.sums[treatment] ?? NOTHING,
    since: observation.since,
    now,
  });
  const next = steps[step + 1];
  switch (decision) {
    case 'hold':
      return { rollout: { ...rollout, because, observation } };
    case 'rollBack':
      return { ...takeBack(sharing, rollout, 'RolledBack', because), line: because };
    case 'advance':
      return next === undefined
        ? { rollout: { ...rollout, state: 'Succeeded', because, observation: null }, line: because }
        : {
            rollout: { ...rollout, step: step + 1, because, observation: null },
            sharing: shared(sharing, version, next),
            line: because,
          };
  }
}

/** The version gets what it got before. */
export function takeBack(
  sharing: Sharing,
  rollout: RolloutRecord,
  state: 'RolledBack' | 'Aborted',
  because: string,
): RolloutMove {
  return {
    rollout: { ...rollout, state, because, observation: null },
    sharing: shared(sharing, rollout.version, rollout.before),
  };
}

function shared(sharing: Sharing, version: string, percentile: number): Sharing {
  return { ...sharing, traffic: changeTraffic(sharing.traffic, { percentiles: { [version]: percentile } }) };
}
