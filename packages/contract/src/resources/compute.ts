import { z } from 'zod';

import { KubernetesNamespace } from '../names.ts';
import { DEFAULT_VM_SIZE } from '../vm-sizes.ts';
import { AgentCount, AgentsFound, CLUSTER_KINDS, ClusterCredentialsInput, VmSizeName } from './cluster.ts';
import { OperationId, Tags, Timestamp } from './common.ts';
import { Placement } from './placement.ts';

export const CLUSTER_PURPOSES = ['FastProd', 'DevTest'] as const;
export type ClusterPurpose = (typeof CLUSTER_PURPOSES)[number];

/** A production cluster needs at least this many vCPUs in total. */
export const FAST_PROD_MINIMUM_CPU = 12;

export const LOAD_BALANCER_TYPES = ['PublicIp', 'InternalLoadBalancer'] as const;
export type LoadBalancerType = (typeof LOAD_BALANCER_TYPES)[number];

/** How the router of a Kubernetes is reached from outside. */
export const SERVICE_TYPES = ['LoadBalancer', 'NodePort', 'ClusterIP'] as const;
export type ServiceType = (typeof SERVICE_TYPES)[number];

export const Purpose = z.enum(CLUSTER_PURPOSES, { error: `must be one of ${CLUSTER_PURPOSES.join(', ')}` });
export const LoadBalancer = z.enum(LOAD_BALANCER_TYPES, { error: `must be one of ${LOAD_BALANCER_TYPES.join(', ')}` });
export const RouterService = z.enum(SERVICE_TYPES, { error: `must be one of ${SERVICE_TYPES.join(', ')}` });
/** Name of a subnet of the cluster's network, as load balancers of clouds take it. */
export const Subnet = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,79}$/, {
  error: 'must be the name of a subnet: 1 to 80 letters, digits, dashes, underscores and dots',
});

export const PROVISIONING_STATES = ['Creating', 'Updating', 'Succeeded', 'Failed', 'Deleting'] as const;

const Amounts = z.object({ cpu: z.number(), memoryInGB: z.number() });

export const Compute = z
  .object({
    id: z.string(),
    name: z.string(),
    computeType: z.literal('AKS'),
    /** Resource id of the cluster behind it. */
    resourceId: z.string(),
    /** Kind of that cluster: `local` is this machine. */
    clusterKind: z.enum(CLUSTER_KINDS),
    /** True when it was attached: detaching leaves the cluster known. False when Farled created the cluster with it. */
    attached: z.boolean(),
    clusterPurpose: z.enum(CLUSTER_PURPOSES),
    agentCount: AgentsFound,
    vmSize: z.string(),
    location: z.string(),
    loadBalancerType: z.string(),
    loadBalancerSubnet: z.string().nullable(),
    serviceType: z.enum(SERVICE_TYPES),
    namespace: z.string().nullable(),
    /** Where services may run in a Kubernetes; null: on every node that can run them. */
    placement: Placement.nullable(),
    /** Base address of scoring requests, null until the router there can be reached. */
    scoringUrl: z.string().nullable(),
    description: z.string(),
    tags: Tags,
    provisioningState: z.enum(PROVISIONING_STATES),
    provisioningErrors: z.array(z.object({ code: z.string(), message: z.string() })),
    /** vCPUs, memory and GPUs of all agents together. */
    capacity: Amounts.extend({ gpu: z.number() }),
    /** What services have reserved of it. */
    reserved: Amounts,
    createdTime: Timestamp,
    modifiedTime: Timestamp,
  })
  .meta({ id: 'Compute', description: 'A compute target: a cluster, or this machine, that services run on.' });
export type Compute = z.infer<typeof Compute>;

/** Makes a new cluster (on one machine: a share of this machine) and a compute target for it. */
export const CreateCompute = z.strictObject({
  mode: z.literal('create'),
  agentCount: AgentCount.default(3),
  vmSize: VmSizeName.default(DEFAULT_VM_SIZE),
  clusterPurpose: Purpose.default('FastProd'),
  location: z.string().max(64).nullable().default(null),
  loadBalancerType: LoadBalancer.default('PublicIp'),
  description: z.string().max(8192).default(''),
  tags: Tags.default({}),
  operationId: OperationId.optional(),
});

/** Makes a compute target of a cluster: one that is known already, or a Kubernetes that becomes known with it. */
export const AttachCompute = z
  .strictObject({
    mode: z.literal('attach'),
    /** Of a cluster that is known. */
    resourceId: z.string().min(1).max(1024).optional(),
    /** In its place: how to reach a Kubernetes, which becomes known under the compute target's name. */
    kubernetes: ClusterCredentialsInput.optional(),
    clusterPurpose: Purpose.default('FastProd'),
    loadBalancerType: LoadBalancer.default('PublicIp'),
    loadBalancerSubnet: Subnet.nullable().default(null),
    serviceType: RouterService.default('LoadBalancer'),
    namespace: KubernetesNamespace.nullable().default(null),
    /** Of a Kubernetes: which of its nodes services may run on. */
    placement: Placement.nullable().default(null),
    description: z.string().max(8192).default(''),
    tags: Tags.default({}),
    operationId: OperationId.optional(),
  })
  .superRefine(({ resourceId, kubernetes, loadBalancerType, loadBalancerSubnet, serviceType }, issues) => {
    const fault = (message: string, ...path: string[]): void => {
      issues.addIssue({ code: 'custom', message, path });
    };
    if ((resourceId === undefined) === (kubernetes === undefined)) {
      fault('exactly one of resourceId and kubernetes must be given');
    }
    if (serviceType !== 'LoadBalancer' && loadBalancerType === 'InternalLoadBalancer') {
      fault(`needs serviceType LoadBalancer, not ${serviceType}`, 'loadBalancerType');
    }
    if (loadBalancerSubnet !== null && loadBalancerType !== 'InternalLoadBalancer') {
      fault('needs loadBalancerType InternalLoadBalancer', 'loadBalancerSubnet');
    }
  });

export const PutCompute = z.discriminatedUnion('mode', [CreateCompute, AttachCompute], {
  error: 'mode must be "create" or "attach"',
});
export type PutCompute = z.output<typeof PutCompute>;

/** How to reach the cluster of a compute target, and as whom. */
export const ComputeCredentials = z
  .object({ kubeconfig: z.string() })
  .meta({ id: 'ComputeCredentials', description: 'A kubeconfig with the credential that the cluster was added with.' });
export type ComputeCredentials = z.infer<typeof ComputeCredentials>;

/** What attaching would put into a Kubernetes, as YAML documents. */
export const KubernetesManifests = z.object({ yaml: z.string() }).meta({ id: 'KubernetesManifests' });
