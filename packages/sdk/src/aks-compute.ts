/** Compute targets of Azure Kubernetes Service, in the words of Azure ML. */
import { FarledError, type ClusterPurpose, type LoadBalancerType } from '@farled/contract';

import type { AttachConfiguration, PlacementOptions, ProvisioningConfiguration } from './attach-configuration.ts';
import { ComputeTarget } from './compute.ts';
import { refuseUnbuilt } from './not-built.ts';

interface Unbuilt {
  readonly sslCname?: string | undefined;
  readonly sslCertPemFile?: string | undefined;
  readonly sslKeyPemFile?: string | undefined;
  readonly vnetResourcegroupName?: string | undefined;
  readonly vnetName?: string | undefined;
  readonly subnetName?: string | undefined;
  readonly serviceCidr?: string | undefined;
  readonly dnsServiceIp?: string | undefined;
  readonly dockerBridgeCidr?: string | undefined;
  readonly loadBalancerSubnet?: string | undefined;
}

export type ProvisioningOptions = Omit<ProvisioningConfiguration, 'mode' | 'operationId'> & Unbuilt;

export interface AttachOptions {
  readonly resourceId?: string | undefined;
  readonly resourceGroup?: string | undefined;
  readonly clusterName?: string | undefined;
  readonly clusterPurpose?: ClusterPurpose | undefined;
  readonly loadBalancerType?: LoadBalancerType | undefined;
  /** Subnet for an internal load balancer. */
  readonly loadBalancerSubnet?: string | undefined;
  readonly namespace?: string | undefined;
  /** Which nodes services may run on, and what counts as GPU; every node that can run them by default. */
  readonly placement?: PlacementOptions | undefined;
  readonly description?: string | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
}

/** A compute target of Azure Kubernetes Service; a new one is on this machine, which stands in for the cluster. */
export class AksCompute extends ComputeTarget {
  static readonly ClusterPurpose = { FAST_PROD: 'FastProd', DEV_TEST: 'DevTest' } as const satisfies Record<
    string,
    ClusterPurpose
  >;

  /** What a new cluster is to be. */
  static provisioningConfiguration(options: ProvisioningOptions = {}): ProvisioningConfiguration {
    const { agentCount, vmSize, clusterPurpose, location, loadBalancerType, description, tags, ...unbuilt } = options;
    refuseUnbuilt(unbuilt, 'Networks and TLS of clusters come with Kubernetes; leave it out on one machine.');
    return { mode: 'create', agentCount, vmSize, clusterPurpose, location, loadBalancerType, description, tags };
  }

  /** Which known cluster to attach: by resource id, or by resource group and name. */
  static attachConfiguration(options: AttachOptions): AttachConfiguration {
    const { resourceId, resourceGroup, clusterName, ...rest } = options;
    const common = { ...rest, mode: 'attach' } as const;
    if (resourceId !== undefined && resourceGroup === undefined && clusterName === undefined) {
      return { ...common, cluster: { resourceId } };
    }
    if (resourceId === undefined && resourceGroup !== undefined && clusterName !== undefined) {
      return { ...common, cluster: { resourceGroup, clusterName } };
    }
    throw new FarledError(
      'BadArgument',
      'A cluster to attach is named by resourceId, or by resourceGroup and clusterName.',
      { suggestion: '`farled cluster list -o json` shows the known clusters with their ids.' },
    );
  }
}
