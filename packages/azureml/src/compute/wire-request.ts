/** What azureml-core sends to create, attach and change compute targets. Pure. */
import { FarledError, parseOrThrow } from '@farled/contract';
import { z } from 'zod';

import { WireTags } from '../subscriptions/wire-tags.ts';

/** Templates of the client have empty texts where nothing is said. */
const Text = z
  .string()
  .nullish()
  .transform((text) => text || undefined);

const Kind = z.object({ properties: z.object({ computeType: z.string() }) });

const Inner = z.object({
  agentCount: z.number().nullish(),
  agentVmSize: Text,
  clusterPurpose: Text,
  sslConfiguration: z.object({ status: Text }).nullish(),
  loadBalancerType: Text,
  loadBalancerSubnet: Text,
  namespace: Text,
});

const Body = z.object({
  tags: WireTags.nullish(),
  identity: z.object({ type: Text }).nullish(),
  properties: z.object({
    computeLocation: Text,
    resourceId: Text,
    description: Text,
    /** Only what was read before has it: that is sent back whole when it is to be changed. */
    provisioningState: Text,
    properties: Inner.nullish(),
  }),
});

/** In the words of our own API, which checks them. */
interface Said {
  readonly description?: string;
  readonly tags?: Record<string, string>;
}

export type ComputeRequest =
  | { readonly kind: 'create'; readonly body: Said & Readonly<Record<string, unknown>> }
  | {
      readonly kind: 'attach';
      readonly body: Said & Readonly<Record<string, unknown>>;
      /** What the cluster is for was not said, because there is no way to. */
      readonly ofAnySize: boolean;
    }
  | { readonly kind: 'update'; readonly change: ComputeChange };

export interface ComputeChange extends Said {
  readonly agentCount?: number;
  readonly vmSize?: string;
  readonly loadBalancerType?: string;
  readonly loadBalancerSubnet?: string;
}

/**
 * Networks of Azure that a cluster would be created in mean nothing here, and are left out.
 *
 * @throws FarledError BadArgument naming the field; NotSupportedYet for what Farled has nothing of, without a key or a
 * certificate in it.
 */
export function fromWireCompute(wire: unknown): ComputeRequest {
  const { computeType } = parseOrThrow(Kind, wire, 'The request body').properties;
  const kind = computeType.toLowerCase();
  if (kind !== 'aks' && kind !== 'kubernetes') {
    throw new FarledError('NotSupportedYet', `Farled has no compute targets of type "${computeType.slice(0, 64)}".`, {
      suggestion: 'It runs services, on what AksCompute creates and on what AksCompute or KubernetesCompute attaches.',
    });
  }
  const { tags, identity, properties } = parseOrThrow(Body, wire, 'The request body');
  const inner: Partial<z.output<typeof Inner>> = properties.properties ?? {};
  refuseUnbuilt(inner.sslConfiguration?.status, identity?.type);
  const said = {
    ...given({ description: properties.description }),
    ...(tags ? { tags } : {}),
  };
  const balancer = given({ loadBalancerType: inner.loadBalancerType, loadBalancerSubnet: inner.loadBalancerSubnet });
  const agents = given({ agentCount: inner.agentCount ?? undefined, vmSize: inner.agentVmSize });
  const purpose = given({ clusterPurpose: inner.clusterPurpose });
  if (properties.provisioningState !== undefined) {
    return { kind: 'update', change: { ...said, ...agents, ...balancer } };
  }
  if (properties.resourceId !== undefined) {
    const resourceId = clusterIdOf(properties.resourceId);
    const namespace = given({ namespace: inner.namespace });
    return {
      kind: 'attach',
      body: { ...said, ...purpose, ...balancer, ...namespace, resourceId },
      ofAnySize: kind === 'kubernetes',
    };
  }
  if (kind === 'kubernetes') {
    throw new FarledError('BadArgument', 'A compute target of type "Kubernetes" is attached by a resource id.', {
      suggestion: 'Name the cluster: KubernetesCompute.attach_configuration(resource_id=...).',
    });
  }
  const { loadBalancerSubnet: _, ...type } = balancer;
  return {
    kind: 'create',
    body: { ...said, ...agents, ...purpose, ...type, ...given({ location: properties.computeLocation }) },
  };
}

function refuseUnbuilt(tls: string | undefined, identity: string | undefined): void {
  if (tls !== undefined && tls.toLowerCase() !== 'disabled') {
    throw new FarledError(
      'NotSupportedYet',
      'Scoring addresses of their own certificate (SSL) are not supported yet.',
      {
        suggestion:
          'Leave SSL out, and put a proxy or an ingress with the certificate in front of the scoring address.',
      },
    );
  }
  if (identity !== undefined && identity.toLowerCase() !== 'none') {
    throw new FarledError('NotSupportedYet', 'Compute targets have no managed identities of Azure.', {
      suggestion: 'Leave identity_type out; the cluster is reached as it was added with `farled cluster add`.',
    });
  }
}

/** Clusters of Azure Arc are known by ids like those of AKS: `farled cluster add` has names for them, and no kinds. */
function clusterIdOf(resourceId: string): string {
  return resourceId.replace(
    /\/providers\/Microsoft\.Kubernetes\/connectedClusters\//i,
    '/providers/Microsoft.ContainerService/managedClusters/',
  );
}

type Given<T> = { readonly [Key in keyof T]?: Exclude<T[Key], undefined> };

function given<T extends Readonly<Record<string, unknown>>>(fields: T): Given<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Given<T>;
}
