/** Rows that tests of the stores need before they come to their point. */
import { randomUUID } from 'node:crypto';

import { type ClusterFacts, clusterId, DEFAULT_SETTINGS, EnvironmentDefinition, RegisterModel } from '@farled/contract';

import type { NewCompute, NewService, ServiceSpec, WorkspaceRecord } from '../records.ts';
import type { State } from '../state.ts';

export const REFERENCE = { subscriptionId: 'Sub', resourceGroup: 'rg', workspace: 'ws' };
export const PAGE = { count: 100 };
export const FILE = { path: 'model.pkl', sha256: 'a'.repeat(64), size: 7 };
export const SOURCE = { path: 'score.py', sha256: 'b'.repeat(64), size: 3 };

export function makeWorkspace(
  state: State,
  workspace = 'ws',
  tags: Record<string, string> = {},
): Promise<WorkspaceRecord> {
  const fields = { location: 'local', friendlyName: '', description: '', tags };
  return state.workspaces.create({ ...REFERENCE, workspace }, fields);
}

export function model(name: string, said: Record<string, unknown> = {}) {
  return RegisterModel.parse({ name, files: [FILE], ...said });
}

export async function makeCompute(state: State, workspaceKey: string, name = 'myaks'): Promise<string> {
  const resourceId = clusterId({ subscriptionId: 'Sub', resourceGroup: 'rg', cluster: name });
  await state.clusters.add(resourceId, { kind: 'local', agentCount: 1, vmSize: 'Standard_D3_v2' });
  const id = randomUUID();
  await state.computes.create(newCompute(id, workspaceKey, name, resourceId));
  return id;
}

export function newCompute(id: string, workspaceId: string, name: string, clusterResourceId: string): NewCompute {
  return {
    id,
    workspaceId,
    name,
    clusterResourceId,
    attached: true,
    clusterPurpose: 'DevTest',
    location: 'local',
    loadBalancerType: 'PublicIp',
    loadBalancerSubnet: null,
    serviceType: 'LoadBalancer',
    namespace: null,
    placement: null,
    description: '',
    tags: {},
    operationId: randomUUID(),
  };
}

export function facts(changes: Partial<ClusterFacts> = {}): ClusterFacts {
  return {
    server: 'https://kube.example:6443',
    version: 'v1.34.4',
    context: 'admin@kube',
    inCluster: false,
    uid: 'uid-of-kube',
    nodes: 2,
    architectures: ['amd64'],
    instanceType: null,
    allocatable: { cpu: 7.5, memoryInGB: 30, gpu: 1 },
    warnings: [],
    ...changes,
  };
}

/** A Kubernetes that is known; answers its resource id. */
export async function makeKubernetes(state: State, cluster: string, found: ClusterFacts = facts()): Promise<string> {
  const resourceId = clusterId({ subscriptionId: 'Sub', resourceGroup: 'rg', cluster });
  await state.clusters.add(resourceId, { kind: 'kubernetes', connection: 'token-of-the-cluster', facts: found });
  return resourceId;
}

export function spec(changes: Partial<ServiceSpec> = {}): ServiceSpec {
  return {
    computeName: 'MyAks',
    models: ['mymodel:1'],
    entryScript: 'score.py',
    source: [SOURCE],
    environment: { name: 'myenv', version: '1' },
    settings: DEFAULT_SETTINGS,
    ...changes,
  };
}

/** A workspace with mymodel:1, myenv and the compute target myaks. */
export async function furnish(state: State): Promise<WorkspaceRecord> {
  const workspace = await makeWorkspace(state);
  await state.models.register(workspace.key, model('mymodel'));
  await state.environments.register(workspace.key, EnvironmentDefinition.parse({ name: 'myenv' }));
  await makeCompute(state, workspace.key);
  return workspace;
}

export function newService(workspaceId: string, name: string, changes: Partial<NewService> = {}): NewService {
  return {
    id: randomUUID(),
    workspaceId,
    name,
    description: '',
    tags: {},
    properties: {},
    spec: spec(),
    operationId: randomUUID(),
    ...changes,
  };
}
