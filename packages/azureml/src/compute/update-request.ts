/** What a change of a compute target comes to. Pure. */
import { type Compute, FarledError } from '@farled/contract';

import type { ComputeChange } from './wire-request.ts';

/**
 * The request that attaches the cluster again, which is how it is changed: all is said anew, and what the change does
 * not say is said as it is. Null when nothing would be otherwise.
 *
 * @throws FarledError NotSupportedYet for what can't be changed.
 */
export function attachAgain(compute: Compute, change: ComputeChange): Readonly<Record<string, unknown>> | null {
  const { agentCount = compute.agentCount, vmSize = compute.vmSize } = change;
  if (agentCount !== compute.agentCount || vmSize.toLowerCase() !== compute.vmSize.toLowerCase()) {
    throw new FarledError(
      'NotSupportedYet',
      `Compute target "${compute.name}" has ${compute.agentCount} x ${compute.vmSize}, which can not be changed.`,
      {
        suggestion:
          compute.clusterKind === 'local'
            ? 'Create another one, deploy to it, and delete this one.'
            : 'Nodes that are added to the cluster are found within a minute.',
      },
    );
  }
  const { loadBalancerType = compute.loadBalancerType } = change;
  const internal = loadBalancerType === 'InternalLoadBalancer';
  const loadBalancerSubnet = change.loadBalancerSubnet ?? (internal ? compute.loadBalancerSubnet : null);
  if (loadBalancerType === compute.loadBalancerType && loadBalancerSubnet === compute.loadBalancerSubnet) {
    return null;
  }
  if (compute.clusterKind === 'local') {
    throw new FarledError(
      'NotSupportedYet',
      `Compute target "${compute.name}" is this machine, which has no load balancer.`,
      {
        suggestion: 'Leave load_balancer_type and load_balancer_subnet out, or attach a Kubernetes.',
      },
    );
  }
  return {
    resourceId: compute.resourceId,
    clusterPurpose: compute.clusterPurpose,
    serviceType: compute.serviceType,
    namespace: compute.namespace,
    placement: compute.placement,
    description: change.description ?? compute.description,
    tags: change.tags ?? compute.tags,
    loadBalancerType,
    loadBalancerSubnet,
  };
}
