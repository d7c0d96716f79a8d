/** Whether the number of replicas is said once and for all, or follows the load. */
import { type ClusterRoute, initialReplicas, type ServiceSettings } from '@farled/contract';

export function scaling(settings: ServiceSettings): ClusterRoute['scaling'] {
  const { law, minReplicas, maxReplicas, targetUtilization, refreshPeriodInSeconds } = settings.autoScaler;
  return isFixed(settings)
    ? { kind: 'fixed', replicas: initialReplicas(settings) }
    : { kind: 'automatic', law, minReplicas, maxReplicas, targetUtilization, refreshPeriodInSeconds };
}

/** The number that was said; null when it is the routers' to find. */
export function fixedReplicas(settings: ServiceSettings): number | null {
  return isFixed(settings) ? initialReplicas(settings) : null;
}

/** A number of replicas that was said wins over an autoscaler that was left on. */
function isFixed({ numReplicas, autoScaler }: ServiceSettings): boolean {
  return numReplicas !== null || !autoScaler.autoscaleEnabled;
}
