/** Attaching a Kubernetes again that is attached by that name: what is said of it then replaces what was said before. */
import type { PutCompute } from '@farled/contract';
import type { ComputeRecord, Stores } from '@farled/state';

/**
 * The compute target that is to be changed; undefined when there is none of the name yet.
 *
 * @throws FarledError ComputeAlreadyExists when there is one, and something else is asked for.
 */
export async function attachedBefore(
  { computes }: Pick<Stores, 'computes'>,
  workspaceId: string,
  name: string,
  asked: PutCompute,
): Promise<ComputeRecord | undefined> {
  const present = await computes.find(workspaceId, name);
  if (present !== undefined && !isOfItsCluster(present, asked)) {
    await computes.refuseTaken(workspaceId, name);
  }
  return present;
}

/** A credential in place of an id is compared with the cluster when that has been looked at. */
function isOfItsCluster({ clusterKind, clusterResourceId }: ComputeRecord, asked: PutCompute): boolean {
  return (
    asked.mode === 'attach' &&
    clusterKind === 'kubernetes' &&
    (asked.kubernetes !== undefined || asked.resourceId?.toLowerCase() === clusterResourceId.toLowerCase())
  );
}
