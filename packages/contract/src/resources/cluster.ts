/** Clusters that compute targets can be attached to: this machine, or any Kubernetes, in Azure or not. */
import { z } from 'zod';

import { DEFAULT_VM_SIZE, findVmSize, VM_SIZE_NAMES } from '../vm-sizes.ts';
import { Timestamp } from './common.ts';

export const CLUSTER_KINDS = ['local', 'kubernetes'] as const;
export type ClusterKind = (typeof CLUSTER_KINDS)[number];

export const VmSizeName = z
  .string()
  .refine((name) => findVmSize(name) !== undefined, {
    error: ({ input }) =>
      `"${String(input)}" is not a known VM size; known are ${VM_SIZE_NAMES.slice(0, 6).join(', ')} and ${VM_SIZE_NAMES.length - 6} more`,
  })
  .transform((name) => findVmSize(name)?.name ?? name);

export const AgentCount = z.int().min(1).max(1000);
/** How many agents there are: a Kubernetes may have none at the moment, or more than can be asked for. */
export const AgentsFound = z.int().min(0);

/** What is known of a Kubernetes from looking at it. Credentials are not part of it. */
export const ClusterFacts = z.object({
  /** Base address of the API server. */
  server: z.string(),
  version: z.string(),
  /** Context of the kubeconfig that was chosen; null for the cluster that the server itself runs in. */
  context: z.string().nullable(),
  inCluster: z.boolean(),
  /** UID of the namespace `kube-system`, which tells clusters apart whatever their address; null where it can't be read. */
  uid: z.string().nullable(),
  /** Nodes that take pods: ready and not cordoned. Only they count in what follows. */
  nodes: z.int().min(0),
  architectures: z.array(z.string()),
  /** Label `node.kubernetes.io/instance-type`, where all nodes have the same. */
  instanceType: z.string().nullable(),
  allocatable: z.object({ cpu: z.number(), memoryInGB: z.number(), gpu: z.number() }),
  /** What may go wrong with this cluster, as sentences. */
  warnings: z.array(z.string()),
});
export type ClusterFacts = z.infer<typeof ClusterFacts>;

/** An existing cluster that was made known under an ARM resource id, whether it is in Azure or not. */
export const Cluster = z
  .object({
    resourceId: z.string(),
    subscriptionId: z.string(),
    resourceGroup: z.string(),
    name: z.string(),
    /** `local` is this machine. */
    kind: z.enum(CLUSTER_KINDS),
    agentCount: AgentsFound,
    /** Of a Kubernetes: the instance type that all nodes share, else «kubernetes». */
    vmSize: z.string(),
    /** null when it is this machine. */
    kubernetes: ClusterFacts.nullable(),
    /** ARM id of the workspace and name of the compute target it is attached as, null while it is not. */
    attachedTo: z.object({ workspace: z.string(), compute: z.string() }).nullable(),
    createdTime: Timestamp,
  })
  .meta({ id: 'Cluster', description: 'A cluster that compute targets can be attached to.' });
export type Cluster = z.infer<typeof Cluster>;

/** How to reach a Kubernetes and who we are to it. */
export type ClusterCredentials =
  | { readonly kubeconfig: string; readonly context: string | null }
  | { readonly inCluster: true };

const CREDENTIAL_FIELDS = {
  /** Text of a kubeconfig that refers to no files. */
  kubeconfig: z
    .string({ error: 'must be the text of a kubeconfig' })
    .min(1)
    .max(1_048_576, { error: 'must not be larger than 1 MiB' })
    .optional(),
  /** Which of the kubeconfig's contexts; its current one by default. */
  context: z.string().min(1).max(512).optional(),
  /** The cluster that the server itself runs in, as the service account of its pod. */
  inCluster: z.literal(true, { error: 'must be true, or left out' }).optional(),
};

interface GivenCredentials {
  readonly kubeconfig?: string | undefined;
  readonly context?: string | undefined;
  readonly inCluster?: true | undefined;
}

function checkCredentials({ kubeconfig, context, inCluster }: GivenCredentials, issues: z.core.$RefinementCtx): void {
  if ((kubeconfig === undefined) === (inCluster === undefined)) {
    issues.addIssue({ code: 'custom', message: 'exactly one of kubeconfig and inCluster must be given' });
  } else if (kubeconfig === undefined && context !== undefined) {
    issues.addIssue({ code: 'custom', message: 'is of a kubeconfig, and none was given', path: ['context'] });
  }
}

function toCredentials({ kubeconfig, context }: GivenCredentials): ClusterCredentials {
  return kubeconfig === undefined ? { inCluster: true } : { kubeconfig, context: context ?? null };
}

export const ClusterCredentialsInput = z
  .strictObject(CREDENTIAL_FIELDS)
  .superRefine(checkCredentials)
  .transform(toCredentials);

const AddLocalCluster = z.strictObject({
  kind: z.literal('local'),
  agentCount: AgentCount.default(3),
  vmSize: VmSizeName.default(DEFAULT_VM_SIZE),
});

const AddKubernetesCluster = z
  .strictObject({ kind: z.literal('kubernetes'), ...CREDENTIAL_FIELDS })
  .superRefine(checkCredentials)
  .transform(({ kind, ...given }) => ({ kind, credentials: toCredentials(given) }));

export const AddCluster = z.discriminatedUnion('kind', [AddLocalCluster, AddKubernetesCluster], {
  error: 'kind must be "local" or "kubernetes"',
});
