/** One look of the autoscaler at all services: pure, so that what it does to a cluster is a table. */
import { type Demand, look, type Scaled, type ScalingSettings } from '@farled/autoscaling';

import type { ClusterService } from '../cluster/route-table.ts';

export interface RoundInput {
  readonly now: number;
  readonly services: readonly ClusterService[];
  readonly demand: ReadonlyMap<string, Demand>;
  /** Every router that is ready has told. */
  readonly isComplete: boolean;
  /** Replicas that the Deployment asks for; undefined when it is not known. */
  readonly current: (service: ClusterService) => number | undefined;
  readonly before: ReadonlyMap<string, Scaled>;
}

export interface ServiceDecision {
  readonly service: ClusterService;
  readonly settings: ScalingSettings;
  readonly busy: number;
  readonly queued: number;
  readonly current: number;
  readonly desired: number;
  readonly because: string;
}

export interface Round {
  readonly decisions: readonly ServiceDecision[];
  readonly after: ReadonlyMap<string, Scaled>;
}

const NONE: Demand = { busy: 0, queued: 0, ready: 0, totals: { of: '', arrived: 0, answered: 0 } };

/** Whether any service is to be looked at now; asking all routers for nothing would cost each of them. */
export function isDue(services: readonly ClusterService[], before: ReadonlyMap<string, Scaled>, now: number): boolean {
  return services.some((service) => isAutomatic(service) && (before.get(keyOf(service))?.nextAt ?? now) <= now);
}

export function decideRound({ now, services, demand, isComplete, current, before }: RoundInput): Round {
  const decisions: ServiceDecision[] = [];
  const after = new Map<string, Scaled>();
  for (const service of services) {
    const settings = settingsOf(service);
    if (settings === null) {
      continue;
    }
    const key = keyOf(service);
    const known = before.get(key);
    const present = current(service);
    if (present === undefined) {
      if (known !== undefined) {
        after.set(key, known);
      }
      continue;
    }
    const demanded = demand.get(service.route.name) ?? NONE;
    const { busy, queued } = demanded;
    const looked = look(settings, { ...demanded, now, isComplete, current: present }, known);
    after.set(key, looked.after);
    if (looked.decision !== null) {
      decisions.push({ service, settings, busy, queued, current: present, ...looked.decision });
    }
  }
  return { decisions, after };
}

function isAutomatic({ route }: ClusterService): boolean {
  return route.scaling.kind === 'automatic';
}

function settingsOf({ route }: ClusterService): ScalingSettings | null {
  return route.scaling.kind === 'automatic'
    ? {
        ...route.scaling,
        maxConcurrentRequestsPerContainer: route.maxConcurrentRequestsPerContainer,
        maxQueueWaitMs: route.maxQueueWaitMs,
      }
    : null;
}

/** A service that moved to another namespace is another one. */
function keyOf({ namespace, route }: ClusterService): string {
  return `${namespace}/${route.name}`;
}
