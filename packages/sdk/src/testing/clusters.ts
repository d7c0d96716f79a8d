/** Clusters and compute targets as the test double describes them. */
import {
  type AddCluster,
  type Cluster,
  clusterId,
  type Compute,
  parseClusterId,
  type PutCompute,
  workspaceId,
  type WorkspaceReference,
} from '@farled/contract';
import type { z } from 'zod';

import { now } from './state.ts';

export function describeCluster(
  body: z.output<typeof AddCluster>,
): Pick<Cluster, 'kind' | 'agentCount' | 'vmSize' | 'kubernetes'> {
  if (body.kind === 'local') {
    return { ...body, kubernetes: null };
  }
  const { kind, credentials } = body;
  return {
    kind,
    agentCount: 2,
    vmSize: 'kubernetes',
    kubernetes: {
      server: 'https://kube.example:6443',
      version: 'v1.34.4',
      context: 'context' in credentials ? credentials.context : null,
      inCluster: 'inCluster' in credentials,
      uid: null,
      nodes: 2,
      architectures: ['amd64'],
      instanceType: null,
      allocatable: { cpu: 12, memoryInGB: 42, gpu: 0 },
      warnings: [],
    },
  };
}

export function newCompute(params: WorkspaceReference & { readonly compute: string }, body: PutCompute): Compute {
  const own = clusterId({ ...params, cluster: params.compute });
  const resourceId = body.mode === 'attach' ? (body.resourceId ?? own) : own;
  parseClusterId(resourceId);
  const { clusterPurpose, loadBalancerType, description, tags } = body;
  return {
    id: `${workspaceId(params)}/computes/${params.compute}`,
    name: params.compute,
    computeType: 'AKS',
    resourceId,
    clusterKind: body.mode === 'attach' && body.kubernetes !== undefined ? 'kubernetes' : 'local',
    attached: body.mode === 'attach',
    clusterPurpose,
    agentCount: body.mode === 'create' ? body.agentCount : 3,
    vmSize: body.mode === 'create' ? body.vmSize : 'Standard_D3_v2',
    location: (body.mode === 'create' ? body.location : null) ?? 'local',
    loadBalancerType,
    loadBalancerSubnet: body.mode === 'attach' ? body.loadBalancerSubnet : null,
    serviceType: body.mode === 'attach' ? body.serviceType : 'LoadBalancer',
    namespace: body.mode === 'attach' ? body.namespace : null,
    placement: body.mode === 'attach' ? body.placement : null,
    scoringUrl: null,
    description,
    tags,
    provisioningState: 'Creating',
    provisioningErrors: [],
    capacity: { cpu: 12, memoryInGB: 42, gpu: 0 },
    reserved: { cpu: 0, memoryInGB: 0 },
    createdTime: now(),
    modifiedTime: now(),
  };
}
