/** Compute targets of any Kubernetes that a kubeconfig, or the pod that the server runs in, leads to. */
import { FarledError, type ClusterPurpose, type LoadBalancerType, type ServiceType } from '@farled/contract';

import type { AttachConfiguration, KubernetesAccess, PlacementOptions } from './attach-configuration.ts';
import { ComputeTarget } from './compute.ts';

export interface KubernetesAttachOptions {
  /** Text of a kubeconfig that refers to no files. */
  readonly kubeconfig?: string | undefined;
  /** A kubeconfig file; files that it names are read too, and only its chosen context is sent. */
  readonly kubeconfigPath?: string | undefined;
  /** Context of the kubeconfig, the current one by default. */
  readonly context?: string | undefined;
  /** The cluster that the server itself runs in. */
  readonly inCluster?: boolean | undefined;
  /** Namespace of services that name none. */
  readonly namespace?: string | undefined;
  /** Which nodes services may run on, and what counts as GPU; every node that can run them by default. */
  readonly placement?: PlacementOptions | undefined;
  readonly clusterPurpose?: ClusterPurpose | undefined;
  /** How the router is reached from outside: LoadBalancer by default. */
  readonly serviceType?: ServiceType | undefined;
  readonly loadBalancerType?: LoadBalancerType | undefined;
  /** Subnet for an internal load balancer. */
  readonly loadBalancerSubnet?: string | undefined;
  readonly description?: string | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
}

export class KubernetesCompute extends ComputeTarget {
  /** @throws FarledError BadArgument unless the cluster is named in one way. */
  static attachConfiguration(options: KubernetesAttachOptions): AttachConfiguration {
    const { kubeconfig, kubeconfigPath, context, inCluster, ...rest } = options;
    return { ...rest, mode: 'attach', cluster: access({ kubeconfig, kubeconfigPath, context, inCluster }) };
  }
}

function access({
  kubeconfig,
  kubeconfigPath,
  context,
  inCluster = false,
}: Pick<KubernetesAttachOptions, 'kubeconfig' | 'kubeconfigPath' | 'context' | 'inCluster'>): KubernetesAccess {
  const ways = [
    ...(kubeconfig === undefined ? [] : [{ kubeconfig, context }]),
    ...(kubeconfigPath === undefined ? [] : [{ kubeconfigPath, context }]),
    ...(inCluster && context === undefined ? [{ inCluster: true } as const] : []),
  ];
  const [way, another] = ways;
  if (way === undefined || another !== undefined || (inCluster && context !== undefined)) {
    throw new FarledError(
      'BadArgument',
      'A Kubernetes to attach is named by kubeconfig, by kubeconfigPath, or by inCluster: by exactly one of them, and context goes with a kubeconfig.',
    );
  }
  return way;
}
