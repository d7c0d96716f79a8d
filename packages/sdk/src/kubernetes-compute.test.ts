import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { DEFAULT_SETTINGS } from '@farled/contract';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { AksCompute, ComputeTarget, createClient, KubernetesCompute, Workspace } from './index.ts';
import { score } from './score.ts';
import { startTestServer, type TestServer } from './testing/server.ts';

let server: TestServer;
let workspace: Workspace;
let folder: string;

beforeEach(async () => {
  server = await startTestServer();
  folder = await mkdtemp(join(tmpdir(), 'farled-sdk-kube-'));
  const client = createClient({ url: server.url, token: server.token });
  workspace = await Workspace.create({ name: 'harbour', resourceGroup: 'rg', client });
});
afterEach(async () => {
  await server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const sent = (): unknown => server.seen.findLast(({ operationId }) => operationId === 'putCompute')?.body;

test('a Kubernetes is attached by the text of its kubeconfig', async () => {
  const configuration = KubernetesCompute.attachConfiguration({
    kubeconfig: 'text',
    context: 'admin',
    namespace: 'models',
    clusterPurpose: 'DevTest',
    serviceType: 'NodePort',
  });
  const target = await ComputeTarget.attach(workspace, 'kube', configuration);
  await target.waitForCompletion();
  expect([target.provisioningState, target.scoringUrl]).toEqual(['Succeeded', null]);
  expect(sent()).toEqual({
    mode: 'attach',
    kubernetes: { kubeconfig: 'text', context: 'admin' },
    namespace: 'models',
    clusterPurpose: 'DevTest',
    serviceType: 'NodePort',
    operationId: expect.any(String) as string,
  });
});

test('a kubeconfig file is read when it is attached, with the files beside it', async () => {
  const kubeconfigPath = join(folder, 'config');
  const configuration = KubernetesCompute.attachConfiguration({ kubeconfigPath });
  await expect(ComputeTarget.attach(workspace, 'kube', configuration)).rejects.toMatchObject({
    code: 'InvalidDocument',
    message: expect.stringContaining('does not exist') as string,
  });
  await writeFile(join(folder, 'token'), 'from-the-file\n');
  const user = { name: 'u', user: { tokenFile: 'token' } };
  const context = { name: 'a', context: { cluster: 'c', user: 'u' } };
  await writeFile(kubeconfigPath, JSON.stringify({ 'current-context': 'a', contexts: [context], users: [user] }));
  await ComputeTarget.attach(workspace, 'kube', configuration);
  expect(JSON.stringify(sent())).toContain('from-the-file');
});

test('the cluster of the server itself needs no kubeconfig', async () => {
  await ComputeTarget.attach(workspace, 'own', KubernetesCompute.attachConfiguration({ inCluster: true }));
  expect(sent()).toMatchObject({ kubernetes: { inCluster: true } });
});

test.each([
  {},
  { inCluster: false },
  { context: 'admin' },
  { inCluster: true, context: 'admin' },
  { inCluster: true, kubeconfig: 'text' },
  { kubeconfig: 'text', kubeconfigPath: 'path' },
])('%j names no one cluster', (options) => {
  expect(() => KubernetesCompute.attachConfiguration(options)).toThrow('exactly one of them');
});

test('a known cluster is attached by its id, with the subnet of its load balancer', async () => {
  const resourceId = '/subscriptions/s/resourcegroups/g/providers/Microsoft.ContainerService/managedClusters/c';
  const balancer = { loadBalancerType: 'InternalLoadBalancer', loadBalancerSubnet: 'apps' } as const;
  await ComputeTarget.attach(workspace, 'aks', AksCompute.attachConfiguration({ resourceId, ...balancer }));
  expect(sent()).toMatchObject({ resourceId, ...balancer });
});

test('a service without a scoring address says what it waits for', async () => {
  const service = { name: 'svc', scoringUri: '', settings: DEFAULT_SETTINGS };
  await expect(score({ service, logs: '', credential: undefined, input: {}, fetch })).rejects.toMatchObject({
    code: 'Unavailable',
    message: expect.stringContaining('no scoring address yet') as string,
  });
});
