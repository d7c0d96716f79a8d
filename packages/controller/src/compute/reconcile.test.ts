import { KubernetesError } from '@farled/kubernetes';
import { ManualClock } from '@farled/service';
import { type ComputeRecord, openState, type State } from '@farled/state';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { type ClusterInstaller, ComputeReconciler } from './reconcile.ts';

const FACTS = {
  server: 'https://10.0.0.1:6443',
  version: 'v1.34.4',
  context: 'c',
  inCluster: false,
  uid: 'u',
  nodes: 2,
  architectures: ['amd64'],
  instanceType: null,
  allocatable: { cpu: 4, memoryInGB: 16, gpu: 0 },
  warnings: [],
};
const CLUSTER_ID =
  '/subscriptions/00000000-0000-0000-0000-000000000000/resourcegroups/rg/providers/Microsoft.ContainerService/managedClusters/kube';
const SIGNAL = new AbortController().signal;

let state: State;
let clock: ManualClock;
let answers: Partial<ClusterInstaller>;
let removed: string[];
let reconciler: ComputeReconciler;
let operationId: string;

beforeEach(async () => {
  clock = new ManualClock();
  state = await openState({
    database: { kind: 'sqlite', path: ':memory:' },
    secretKey: Buffer.alloc(32, 1),
    clock,
  });
  answers = {};
  removed = [];
  const refuse = () => Promise.reject(new Error('not asked for'));
  reconciler = new ComputeReconciler({
    state,
    installer: {
      install: (...of) => (answers.install ?? refuse)(...of),
      refresh: (...of) => (answers.refresh ?? refuse)(...of),
      uninstall: (...of) => (answers.uninstall ?? refuse)(...of),
    },
    removed: (id) => {
      removed.push(id);
      return Promise.resolve();
    },
    provisioningTimeoutMs: 900_000,
    loadBalancerTimeoutMs: 60_000,
    clock,
  });
  await attach();
});
afterEach(() => state[Symbol.asyncDispose]());

async function attach(): Promise<void> {
  const workspace = await state.workspaces.create(
    { subscriptionId: '00000000-0000-0000-0000-000000000000', resourceGroup: 'rg', workspace: 'ws' },
    { location: 'local', friendlyName: '', description: '', tags: {} },
  );
  await state.clusters.add(CLUSTER_ID, { kind: 'kubernetes', connection: '{}', facts: FACTS });
  operationId = await begin(workspace.key, 'CreateCompute');
  await state.computes.create({
    id: 'compute',
    workspaceId: workspace.key,
    name: 'kube',
    clusterResourceId: CLUSTER_ID,
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
    operationId,
  });
}

async function begin(workspaceId: string, kind: 'CreateCompute' | 'UpdateCompute' | 'DetachCompute'): Promise<string> {
  const { operation: started } = await state.operations.start({
    workspaceId,
    kind,
    targetType: 'compute',
    targetId: 'compute',
    targetName: 'kube',
    requestDigest: kind,
  });
  return started.id;
}

const operation = async () => {
  const compute = await state.computes.byId('compute');
  return state.operations.find(compute?.workspaceId ?? '', operationId);
};
const waiting = (meanwhile: string | null) => () =>
  Promise.resolve({ scoringUrl: null, waitsFor: 'Routers are on their way.', meanwhile });

test('a cluster whose routers are ready is attached, and says where they are', async () => {
  answers = { install: () => Promise.resolve({ scoringUrl: 'http://1.2.3.4', waitsFor: null, meanwhile: null }) };
  await reconciler.reconcile('compute', SIGNAL);
  expect(await state.computes.byId('compute')).toMatchObject({
    provisioningState: 'Succeeded',
    scoringUrl: 'http://1.2.3.4',
  });
  expect(await operation()).toMatchObject({ state: 'Succeeded' });
});

test('a load balancer is waited for, and then the port of the nodes is taken', async () => {
  answers = { install: waiting('http://5.6.7.8:31000') };
  expect(await reconciler.reconcile('compute', SIGNAL)).toEqual({ requeueAfterMs: 1000 });
  expect(await operation()).toMatchObject({ state: 'Running' });
  await clock.advance(60_000);
  await reconciler.reconcile('compute', SIGNAL);
  expect(await state.computes.byId('compute')).toMatchObject({ scoringUrl: 'http://5.6.7.8:31000' });
});

test('an address that comes later replaces the port of the nodes', async () => {
  answers = { install: waiting('http://5.6.7.8:31000') };
  await reconciler.reconcile('compute', SIGNAL);
  await clock.advance(60_000);
  await reconciler.reconcile('compute', SIGNAL);
  answers = { refresh: () => Promise.resolve({ scoringUrl: 'http://1.2.3.4', waitsFor: null, meanwhile: null }) };
  expect(await reconciler.reconcile('compute', SIGNAL)).toEqual({ requeueAfterMs: 60_000 });
  expect(await state.computes.byId('compute')).toMatchObject({ scoringUrl: 'http://1.2.3.4' });
});

test('an API server that is away is no reason to give up, and one that refuses is', async () => {
  answers = { install: () => Promise.reject(new KubernetesError('Unreachable', 'nobody answers')) };
  await expect(reconciler.reconcile('compute', SIGNAL)).rejects.toThrow('nobody answers');
  expect(await operation()).toMatchObject({ state: 'Running' });
  let takenBack = false;
  answers = {
    install: () => Promise.reject(new KubernetesError('Forbidden', 'may not create namespaces')),
    uninstall: () => {
      takenBack = true;
      return Promise.resolve(true);
    },
  };
  await reconciler.reconcile('compute', SIGNAL);
  expect(await operation()).toMatchObject({ state: 'Failed', error: { message: 'may not create namespaces' } });
  expect(await state.computes.byId('compute')).toMatchObject({ provisioningState: 'Failed' });
  expect(takenBack).toBe(true);
});

test('routers that do not come up in time end the attachment with the reason', async () => {
  answers = { install: waiting(null), uninstall: () => Promise.resolve(true) };
  await reconciler.reconcile('compute', SIGNAL);
  await clock.advance(900_000);
  await reconciler.reconcile('compute', SIGNAL);
  expect(await operation()).toMatchObject({
    state: 'Failed',
    error: { code: 'DeploymentTimedOut', message: expect.stringContaining('Routers are on their way.') },
  });
});

test('a target is gone when nothing is left of it, or when its cluster has been away for long', async () => {
  answers = { install: () => Promise.resolve({ scoringUrl: 'http://1.2.3.4', waitsFor: null, meanwhile: null }) };
  await reconciler.reconcile('compute', SIGNAL);
  const workspaceId = (await state.computes.byId('compute'))?.workspaceId ?? '';
  operationId = await begin(workspaceId, 'DetachCompute');
  answers = { uninstall: () => Promise.resolve(false) };
  expect(await reconciler.reconcile('compute', SIGNAL)).toEqual({ requeueAfterMs: 1000 });
  answers = { uninstall: () => Promise.reject(new KubernetesError('Unreachable', 'nobody answers')) };
  await expect(reconciler.reconcile('compute', SIGNAL)).rejects.toThrow('nobody answers');
  await clock.advance(120_000);
  await reconciler.reconcile('compute', SIGNAL);
  expect(await state.computes.byId('compute')).toBeUndefined();
  expect(removed).toEqual(['compute']);
  expect(await state.operations.find(workspaceId, operationId)).toMatchObject({ state: 'Succeeded' });
});

test('an update that a cluster refuses leaves what is there, and another attempt mends it', async () => {
  const ready = () => Promise.resolve({ scoringUrl: 'http://1.2.3.4', waitsFor: null, meanwhile: null });
  answers = { install: ready };
  await reconciler.reconcile('compute', SIGNAL);
  const compute = await state.computes.byId('compute');
  if (compute === undefined) {
    throw new Error('it is gone');
  }
  const update = async (): Promise<void> => {
    operationId = await begin(compute.workspaceId, 'UpdateCompute');
    await state.computes.change('compute', { ...pick(compute), operationId });
    await reconciler.reconcile('compute', SIGNAL);
  };
  answers = { install: () => Promise.reject(new KubernetesError('Forbidden', 'may not patch')) };
  await update();
  expect(await operation()).toMatchObject({ state: 'Failed', error: { message: 'may not patch' } });
  expect(await state.computes.byId('compute')).toMatchObject({
    provisioningState: 'Failed',
    provisioningErrors: [{ message: 'may not patch' }],
    scoringUrl: 'http://1.2.3.4',
  });
  answers = { install: ready };
  await update();
  expect(await operation()).toMatchObject({ state: 'Succeeded' });
  expect(await state.computes.byId('compute')).toMatchObject({
    provisioningState: 'Succeeded',
    provisioningErrors: [],
  });
});

function pick({
  clusterPurpose,
  loadBalancerType,
  loadBalancerSubnet,
  serviceType,
  namespace,
  placement,
  description,
  tags,
}: ComputeRecord) {
  return {
    clusterPurpose,
    loadBalancerType,
    loadBalancerSubnet,
    serviceType,
    namespace,
    placement,
    description,
    tags,
  };
}
