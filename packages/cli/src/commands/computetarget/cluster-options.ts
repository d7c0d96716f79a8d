/** Options of clusters that several commands share. */
import { CLUSTER_PURPOSES, LOAD_BALANCER_TYPES, SERVICE_TYPES } from '@farled/contract';

import { choice, text, unbuilt } from '../../parse/options.ts';

const LATER = 'TLS and networks of clusters come with Kubernetes; leave it out on one machine.';

export const CLUSTER_OPTIONS = {
  clusterPurpose: choice(
    '--cluster-purpose',
    CLUSTER_PURPOSES,
    'FastProd, the default, wants 12 vCPUs or more in total; DevTest takes any.',
  ),
  loadBalancerType: choice(
    '--load-balancer-type',
    LOAD_BALANCER_TYPES,
    'Whether the load balancer of a Kubernetes has a public address, as it does by default.',
  ),
} as const;

export const LOAD_BALANCER_SUBNET = text(
  '--load-balancer-subnet',
  'NAME',
  'Subnet of the internal load balancer of a Kubernetes.',
);

/** What a Kubernetes that is attached has beside what every cluster has. */
export const KUBERNETES_OPTIONS = {
  ...CLUSTER_OPTIONS,
  loadBalancerSubnet: LOAD_BALANCER_SUBNET,
  serviceType: choice(
    '--service-type',
    SERVICE_TYPES,
    'How the router is reached from outside the cluster, LoadBalancer by default.',
  ),
  namespace: text('--namespace', 'NAME', 'Kubernetes namespace of services that name none.'),
} as const;

export const TLS_OPTIONS = {
  sslCname: unbuilt('--ssl-cname', LATER),
  sslCertFile: unbuilt('--ssl-cert-file', LATER),
  sslKeyFile: unbuilt('--ssl-key-file', LATER),
  sslLeafDomainLabel: unbuilt('--ssl-leaf-domain-label', LATER),
  sslOverwriteDomain: unbuilt('--ssl-overwrite-domain', LATER),
} as const;

export const NETWORK_OPTIONS = {
  loadBalancerSubnet: unbuilt('--load-balancer-subnet', LATER),
  serviceCidr: unbuilt('--service-cidr', LATER),
  dnsServiceIp: unbuilt('--dns-service-ip', LATER),
  dockerBridgeCidr: unbuilt('--docker-bridge-cidr', LATER),
  vnetName: unbuilt('--vnet-name', LATER),
  subnetName: unbuilt('--subnet-name', LATER),
  vnetResourceGroup: unbuilt('--vnet-resourcegroup-name', LATER),
} as const;
