import { z } from 'zod';

import { ClusterName, ComputeName, KubernetesNamespace, ResourceGroupName, SubscriptionId } from '../names.ts';
import { AddCluster, Cluster } from '../resources/cluster.ts';
import { OperationId, page, PageQuery, WorkspacePath } from '../resources/common.ts';
import {
  Compute,
  ComputeCredentials,
  KubernetesManifests,
  LoadBalancer,
  Purpose,
  PutCompute,
  RouterService,
  Subnet,
} from '../resources/compute.ts';
import { Operation } from '../resources/operation.ts';
import { route } from '../route.ts';
import { WORKSPACE } from './workspaces.ts';

const ComputePath = WorkspacePath.extend({ compute: ComputeName });
const ClusterPath = z.object({
  subscriptionId: SubscriptionId,
  resourceGroup: ResourceGroupName,
  cluster: ClusterName,
});
const CLUSTER = '/subscriptions/:subscriptionId/resourceGroups/:resourceGroup/clusters/:cluster';
const OperationQuery = z.strictObject({ operationId: OperationId.optional() });
/** What is not said is as the compute target has it, else as a new one would. */
const ManifestsQuery = z.strictObject({
  clusterPurpose: Purpose.optional(),
  serviceType: RouterService.optional(),
  loadBalancerType: LoadBalancer.optional(),
  loadBalancerSubnet: Subnet.optional(),
  namespace: KubernetesNamespace.optional(),
  /** Image of the router, in place of the one that attaching would push. */
  image: z.string().min(1).max(1024).optional(),
});

export const computes = {
  list: route({
    operationId: 'listComputes',
    method: 'GET',
    path: `${WORKSPACE}/computes`,
    summary: 'Lists compute targets.',
    tag: 'Compute targets',
    params: WorkspacePath,
    query: PageQuery,
    responses: { 200: page(Compute) },
    idempotent: true,
  }),
  get: route({
    operationId: 'getCompute',
    method: 'GET',
    path: `${WORKSPACE}/computes/:compute`,
    summary: 'Reads a compute target.',
    tag: 'Compute targets',
    params: ComputePath,
    responses: { 200: Compute },
    idempotent: true,
  }),
  put: route({
    operationId: 'putCompute',
    method: 'PUT',
    path: `${WORKSPACE}/computes/:compute`,
    summary:
      'Creates a cluster with a compute target, or attaches an existing cluster; attaching a Kubernetes again changes how it is.',
    tag: 'Compute targets',
    params: ComputePath,
    body: PutCompute,
    responses: { 202: Operation },
    idempotent: false,
  }),
  manifests: route({
    operationId: 'getKubernetesManifests',
    method: 'GET',
    path: `${WORKSPACE}/computes/:compute/manifests`,
    summary: 'Writes out what attaching would put into a Kubernetes; there need be no compute target of the name.',
    tag: 'Compute targets',
    params: ComputePath,
    query: ManifestsQuery,
    responses: { 200: KubernetesManifests },
    idempotent: true,
  }),
  credentials: route({
    operationId: 'getComputeCredentials',
    method: 'POST',
    path: `${WORKSPACE}/computes/:compute/credentials`,
    summary: 'Shows the kubeconfig of a Kubernetes that is attached, with the credential that it was added with.',
    tag: 'Compute targets',
    need: 'manage',
    params: ComputePath,
    responses: { 200: ComputeCredentials },
    idempotent: true,
  }),
  detach: route({
    operationId: 'detachCompute',
    method: 'POST',
    path: `${WORKSPACE}/computes/:compute/detach`,
    summary: 'Removes a compute target without services; an attached cluster stays known.',
    tag: 'Compute targets',
    params: ComputePath,
    query: OperationQuery,
    responses: { 202: Operation },
    idempotent: false,
  }),
  delete: route({
    operationId: 'deleteCompute',
    method: 'DELETE',
    path: `${WORKSPACE}/computes/:compute`,
    summary: 'Removes a compute target without services, and its cluster.',
    tag: 'Compute targets',
    params: ComputePath,
    query: OperationQuery,
    responses: { 202: Operation },
    idempotent: false,
  }),
} as const;

export const clusters = {
  list: route({
    operationId: 'listClusters',
    method: 'GET',
    path: '/clusters',
    summary: 'Lists the clusters that compute targets can be attached to.',
    tag: 'Clusters',
    query: PageQuery,
    responses: { 200: page(Cluster) },
    idempotent: true,
  }),
  get: route({
    operationId: 'getCluster',
    method: 'GET',
    path: CLUSTER,
    summary: 'Reads a known cluster.',
    tag: 'Clusters',
    params: ClusterPath,
    responses: { 200: Cluster },
    idempotent: true,
  }),
  add: route({
    operationId: 'addCluster',
    method: 'PUT',
    path: CLUSTER,
    summary: 'Makes an existing cluster known under an ARM resource id; replaces the credential of a known Kubernetes.',
    tag: 'Clusters',
    params: ClusterPath,
    body: AddCluster,
    responses: { 200: Cluster, 201: Cluster },
    idempotent: false,
  }),
  remove: route({
    operationId: 'removeCluster',
    method: 'DELETE',
    path: CLUSTER,
    summary: 'Forgets a cluster that is not attached.',
    tag: 'Clusters',
    params: ClusterPath,
    responses: { 204: null },
    idempotent: true,
  }),
} as const;
