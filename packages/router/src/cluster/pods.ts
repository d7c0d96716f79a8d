/** Which pods of a service get requests, from its EndpointSlices. */
import { CLUSTER, type ServiceRoute } from '@farled/contract';
import type { EndpointSlice } from '@farled/kubernetes';

export interface ServicePods {
  readonly ready: ServiceRoute['replicas'];
  /** Pods that are there and not leaving, whether they are ready or not. */
  readonly staying: number;
}

/**
 * A pod can be in several slices: one for each address family, and two of the same while the cluster moves it. One
 * that leaves according to any of them gets nothing more.
 */
export function podsOf(slices: readonly EndpointSlice[]): ServicePods {
  const ready = new Map<string, string>();
  const staying = new Set<string>();
  const leaving = new Set<string>();
  // IPv4 before IPv6, so that of two addresses it is always the same that is taken.
  const ordered = slices.toSorted((a, b) => a.addressType.localeCompare(b.addressType));
  for (const { addressType, endpoints: listed } of ordered) {
    for (const { addresses, conditions, targetRef } of listed ?? []) {
      const [address] = addresses;
      const pod = targetRef?.name;
      if (address === undefined || pod === undefined || addressType === 'FQDN') {
        continue;
      }
      if (conditions?.terminating === true) {
        leaving.add(pod);
        continue;
      }
      staying.add(pod);
      // Absent means true. source: EndpointConditions of discovery.k8s.io/v1.
      if (conditions?.ready !== false && !ready.has(pod)) {
        ready.set(pod, address);
      }
    }
  }
  return {
    ready: [...ready]
      .filter(([pod]) => !leaving.has(pod))
      .map(([id, host]) => ({ id, revision: '', address: { kind: 'tcp', host, port: CLUSTER.replicaPort } })),
    staying: [...staying].filter((pod) => !leaving.has(pod)).length,
  };
}
