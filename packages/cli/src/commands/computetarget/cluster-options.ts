/** Options of clusters that `create aks` and `attach aks` share. */
import { CLUSTER_PURPOSES } from '@farled/contract';

import { choice, unbuilt } from '../../parse/options.ts';

const LATER = 'TLS and networks of clusters come with Kubernetes; leave it out on one machine.';

export const CLUSTER_OPTIONS = {
  clusterPurpose: choice(
    '--cluster-purpose',
    CLUSTER_PURPOSES,
    'FastProd, the default, wants 12 vCPUs or more in total; DevTest takes any.',
  ),
  loadBalancerType: choice('--load-balancer-type', ['PublicIp', 'InternalLoadBalancer'], 'Kept for Kubernetes.'),
  loadBalancerSubnet: unbuilt('--load-balancer-subnet', LATER),
  sslCname: unbuilt('--ssl-cname', LATER),
  sslCertFile: unbuilt('--ssl-cert-file', LATER),
  sslKeyFile: unbuilt('--ssl-key-file', LATER),
  sslLeafDomainLabel: unbuilt('--ssl-leaf-domain-label', LATER),
  sslOverwriteDomain: unbuilt('--ssl-overwrite-domain', LATER),
} as const;

export const NETWORK_OPTIONS = {
  serviceCidr: unbuilt('--service-cidr', LATER),
  dnsServiceIp: unbuilt('--dns-service-ip', LATER),
  dockerBridgeCidr: unbuilt('--docker-bridge-cidr', LATER),
  vnetName: unbuilt('--vnet-name', LATER),
  subnetName: unbuilt('--subnet-name', LATER),
  vnetResourceGroup: unbuilt('--vnet-resourcegroup-name', LATER),
} as const;
