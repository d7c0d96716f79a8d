import { z } from 'zod';

import { KubernetesNamespace } from '../names.ts';
import { DEFAULT_VM_SIZE, findVmSize, VM_SIZE_NAMES } from '../vm-sizes.ts';
import { OperationId, Tags, Timestamp } from './common.ts';

export const CLUSTER_PURPOSES = ['FastProd', 'DevTest'] as const;
export type ClusterPurpose = (typeof CLUSTER_PURPOSES)[number];

/** A production cluster needs at least this many vCPUs in total. */
export const FAST_PROD_MINIMUM_CPU = 12;

const VmSizeName = z
  .string()
  .refine((name) => findVmSize(name) !== undefined, {
    error: ({ input }) =>
      `"${String(input)}" is not a known VM size; known are ${VM_SIZE_NAMES.slice(0, 6).join(', ')} and ${VM_SIZE_NAMES.length - 6} more`,
  })
  .transform((name) => findVmSize(name)?.name ?? name);

const Purpose = z.enum(CLUSTER_PURPOSES, { error: `must be one of ${CLUSTER_PURPOSES.join(', ')}` });
const AgentCount = z.int().min(1).max(1000);

/** An existing cluster that was made known under an ARM resource id, whether it is in Azure or not. */
export const Cluster = z
  .object({
    resourceId: z.string(),
    subscriptionId: z.string(),
    resourceGroup: z.string(),
    name: z.string(),
    /** `local` is this machine. */
    kind: z.enum(['local']),
    agentCount: AgentCount,
    vmSize: z.string(),
    /** ARM id of the workspace and name of the compute target it is attached as, null while it is not. */
    attachedTo: z.object({ workspace: z.string(), compute: z.string() }).nullable(),
    createdTime: Timestamp,
  })
  .meta({ id: 'Cluster', description: 'A cluster that compute targets can be attached to.' });
export type Cluster = z.infer<typeof Cluster>;

export const AddCluster = z.strictObject({
  kind: z.enum(['local']),
  agentCount: AgentCount.default(3),
  vmSize: VmSizeName.default(DEFAULT_VM_SIZE),
});

export const PROVISIONING_STATES = ['Creating', 'Updating', 'Succeeded', 'Failed', 'Deleting'] as const;

const ComputeCapacity = z.object({ cpu: z.number(), memoryInGB: z.number() });

export const Compute = z
  .object({
    id: z.string(),
    name: z.string(),
    computeType: z.literal('AKS'),
    /** Resource id of the cluster behind it. */
    resourceId: z.string(),
    /** True when it was attached: detaching leaves the cluster known. False when Farled created the cluster with it. */
    attached: z.boolean(),
    clusterPurpose: z.enum(CLUSTER_PURPOSES),
    agentCount: AgentCount,
    vmSize: z.string(),
    location: z.string(),
    loadBalancerType: z.string(),
    namespace: z.string().nullable(),
    description: z.string(),
    tags: Tags,
    provisioningState: z.enum(PROVISIONING_STATES),
    provisioningErrors: z.array(z.object({ code: z.string(), message: z.string() })),
    /** vCPUs and memory of all agents together. */
    capacity: ComputeCapacity,
    /** What services have reserved of it. */
    reserved: ComputeCapacity,
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
  loadBalancerType: z.enum(['PublicIp', 'InternalLoadBalancer']).default('PublicIp'),
  description: z.string().max(8192).default(''),
  tags: Tags.default({}),
  operationId: OperationId.optional(),
});

/** Makes a compute target of a cluster that is known already. */
export const AttachCompute = z.strictObject({
  mode: z.literal('attach'),
  resourceId: z.string().min(1).max(1024),
  clusterPurpose: Purpose.default('FastProd'),
  loadBalancerType: z.enum(['PublicIp', 'InternalLoadBalancer']).default('PublicIp'),
  namespace: KubernetesNamespace.nullable().default(null),
  description: z.string().max(8192).default(''),
  tags: Tags.default({}),
  operationId: OperationId.optional(),
});

export const PutCompute = z.discriminatedUnion('mode', [CreateCompute, AttachCompute], {
  error: 'mode must be "create" or "attach"',
});
export type PutCompute = z.output<typeof PutCompute>;
