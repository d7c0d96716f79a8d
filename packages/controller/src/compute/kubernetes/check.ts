/** Whether a cluster can be a compute target as it is now; what is found is recorded. */
import { FAST_PROD_MINIMUM_CPU, FarledError } from '@farled/contract';
import type { KubernetesClient } from '@farled/kubernetes';
import type { ComputeRecord, State } from '@farled/state';

import { inspectCluster, type InspectionParts } from './inspect.ts';

export interface CheckParts extends InspectionParts {
  readonly state: State;
}

/** @throws FarledError saying which of the conditions is not met, and what to do. */
export async function checkCluster(
  parts: CheckParts,
  compute: ComputeRecord,
  client: KubernetesClient,
  signal: AbortSignal,
): Promise<ComputeRecord> {
  const { state } = parts;
  const connection = (await state.clusters.connection(compute.clusterResourceId)) ?? '';
  const { context = null, inCluster = false } = compute.kubernetes ?? {};
  const { facts } = await inspectCluster({ connection, context, inCluster }, parts, signal);
  await state.clusters.setFacts(compute.clusterResourceId, facts);
  const { cpu } = facts.allocatable;
  if (compute.clusterPurpose === 'FastProd' && cpu < FAST_PROD_MINIMUM_CPU) {
    throw new FarledError(
      'ComputeTooSmall',
      `A FastProd cluster needs ${FAST_PROD_MINIMUM_CPU} vCPUs that pods can have; the ${facts.nodes} nodes of this one have ${cpu}.`,
      { suggestion: 'Add nodes, or attach it as a DevTest cluster (cluster purpose DevTest).' },
    );
  }
  return { ...compute, kubernetes: facts };
}
