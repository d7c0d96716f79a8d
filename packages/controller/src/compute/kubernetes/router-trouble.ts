/** Why routers don't come up, in the cluster's own words. */
import type { Pod } from '@farled/kubernetes';

export function routerTrouble(pods: readonly Pod[]): string {
  for (const { metadata, status } of pods) {
    const unscheduled = status?.conditions?.find(({ type, status: is }) => type === 'PodScheduled' && is === 'False');
    if (unscheduled !== undefined) {
      return `Pod ${metadata.name} has no node: ${unscheduled.message ?? unscheduled.reason ?? 'no reason is given'}.`;
    }
    for (const { state, lastState } of status?.containerStatuses ?? []) {
      const ended = state?.terminated ?? lastState?.terminated;
      const { reason, message } = state?.waiting ?? {};
      if (reason !== undefined && reason !== 'ContainerCreating' && reason !== 'PodInitializing') {
        const last =
          ended === undefined ? '' : ` Its last run ended with exit code ${ended.exitCode}. ${ended.message ?? ''}`;
        return `Pod ${metadata.name} waits: ${reason}${message === undefined ? '' : `: ${message}`}.${last}`;
      }
    }
  }
  return pods.length === 0 ? 'The cluster has made no pod for them yet.' : 'Their pods start, and are not ready yet.';
}
