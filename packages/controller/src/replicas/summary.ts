/** Counts the replicas that there are against those that are wanted. */
import type { ReplicaSummary } from '../service/status.ts';
import type { ObservedReplica } from '../substrate/substrate.ts';
import type { CrashHistory } from './crash-history.ts';

export function summarise(
  target: { readonly revision: string; readonly replicas: number },
  observed: readonly ObservedReplica[],
  crashes: CrashHistory | null,
): ReplicaSummary {
  const live = observed.filter((replica) => replica.phase !== 'exited');
  return {
    desiredReplicas: target.replicas,
    updatedReplicas: live.filter((replica) => replica.revision === target.revision).length,
    availableReplicas: live.filter((replica) => replica.phase === 'ready').length,
    replicas: live
      .map((replica) => ({
        id: replica.id,
        revision: replica.revision,
        phase: replica.phase,
        startedTime: new Date(replica.startedAt).toISOString(),
        restarts: replica.revision === crashes?.revision ? crashes.total : 0,
      }))
      .toSorted((a, b) => (a.id < b.id ? -1 : 1)),
  };
}
