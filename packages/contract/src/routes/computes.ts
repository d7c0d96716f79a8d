import { z } from 'zod';

import { ClusterName, ComputeName, ResourceGroupName, SubscriptionId } from '../names.ts';
import { OperationId, page, PageQuery, WorkspacePath } from '../resources/common.ts';
import { AddCluster, Cluster, Compute, PutCompute } from '../resources/compute.ts';
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
    summary: 'Creates a cluster with a compute target, or attaches a known cluster.',
    tag: 'Compute targets',
    params: ComputePath,
    body: PutCompute,
    responses: { 202: Operation },
    idempotent: false,
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
    summary: 'Makes an existing cluster known under an ARM resource id.',
    tag: 'Clusters',
    params: ClusterPath,
    body: AddCluster,
    responses: { 201: Cluster },
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
