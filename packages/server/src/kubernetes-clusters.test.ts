/** Clusters that are a Kubernetes: made known, replaced, attached; and that nothing shows what they are reached with. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createLogger } from '@farled/service';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { deployment, furnish, startTestApp, type TestApp, WORKSPACE } from './testing/test-app.ts';

const CLUSTER = '/subscriptions/s/resourceGroups/g/clusters/kube';
const COMPUTE = `${WORKSPACE}/computes/kube`;
const SECRET = 'token-that-nobody-sees';
const KUBECONFIG = `users: [{ name: admin, user: { token: ${SECRET} } }]`;
const ADD = { kind: 'kubernetes', kubeconfig: KUBECONFIG };
const ATTACH = { mode: 'attach', kubernetes: { kubeconfig: KUBECONFIG } };

let api: TestApp;
let folder: string;
let logFile: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'farled-server-log-'));
  logFile = join(folder, 'server.log');
  api = await startTestApp(createLogger('server', { level: 'trace', file: logFile }));
  await furnish(api);
});
afterEach(async () => {
  await api[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const put = (path: string, body: object) => api.call('PUT', path, { body });
const ids = async (path: string): Promise<string[]> =>
  ((await api.call('GET', path)).body.value as { name: string }[]).map(({ name }) => name);

test('owners are shown the kubeconfig, and nobody is shown one of this machine', async () => {
  await put(COMPUTE, ATTACH);
  const { status, body } = await api.call('POST', `${COMPUTE}/credentials`);
  expect([status, body.kubeconfig]).toEqual([200, expect.stringContaining(SECRET)]);
  expect(await api.call('POST', `${WORKSPACE}/computes/myaks/credentials`)).toMatchObject({
    status: 400,
    body: { message: expect.stringContaining('"myaks" is this machine') },
  });
  expect((await api.call('POST', `${WORKSPACE}/computes/nobody/credentials`)).body.code).toBe('ComputeNotFound');
});

/** Attached under its own name, and ready. */
async function attached(changes: object = {}): Promise<void> {
  const { status, body } = await put(COMPUTE, { ...ATTACH, ...changes });
  expect([status, body.state]).toEqual([202, 'NotStarted']);
  await api.finish(body.id as string);
}

test('without a registry no Kubernetes is attached, and nothing is left of the try', async () => {
  api.clusters.registry = false;
  expect(await put(COMPUTE, ATTACH)).toMatchObject({ status: 502, body: { code: 'KubernetesUnaccessible' } });
  expect(await ids(`${WORKSPACE}/computes`)).not.toContain('kube');
  expect(api.clusters.looks).toEqual([]);
});

describe('a cluster', () => {
  test('becomes known with what was found there', async () => {
    const { status, body } = await put(CLUSTER, { ...ADD, context: 'admin@kube' });
    expect(status).toBe(201);
    expect(body).toMatchObject({ kind: 'kubernetes', agentCount: 3, vmSize: 'kubernetes', attachedTo: null });
    expect(body.kubernetes).toEqual(api.clusters.found);
    expect(api.clusters.looks).toEqual([{ kubeconfig: KUBECONFIG, context: 'admin@kube' }]);
    expect((await api.call('GET', CLUSTER)).body).toEqual(body);
  });

  test('may be the one that the server runs in', async () => {
    expect((await put(CLUSTER, { kind: 'kubernetes', inCluster: true })).status).toBe(201);
    expect(api.clusters.looks).toEqual([{ inCluster: true }]);
  });

  test('gets another credential while it is attached; a bad one leaves the old', async () => {
    await put(CLUSTER, ADD);
    const { resourceId } = (await api.call('GET', CLUSTER)).body;
    await put(COMPUTE, { mode: 'attach', resourceId });
    expect((await put(CLUSTER, { ...ADD, kubeconfig: 'another' })).status).toBe(200);
    expect(await api.state.clusters.connection(resourceId as string)).toContain('another');
    const refused = await put(CLUSTER, { ...ADD, kubeconfig: 'fails: ClusterCredentialRefused' });
    expect(refused.status).toBe(400);
    expect(await api.state.clusters.connection(resourceId as string)).toContain('another');
    api.clusters.found = { ...api.clusters.found, uid: 'uid-of-another' };
    expect(await put(CLUSTER, ADD)).toMatchObject({ status: 409, body: { code: 'ClusterInUse' } });
    expect(await api.state.clusters.connection(resourceId as string)).toContain('another');
  });
});

describe('a compute target', () => {
  test('makes its cluster known under its own name, in the group of the workspace', async () => {
    const placement = { nodeSelector: { pool: 'gpu' } };
    await attached({ serviceType: 'NodePort', namespace: 'models', clusterPurpose: 'DevTest', placement });
    const { body } = await api.call('GET', COMPUTE);
    expect(body).toMatchObject({
      resourceId: '/subscriptions/sub/resourcegroups/rg/providers/Microsoft.ContainerService/managedClusters/kube',
      clusterKind: 'kubernetes',
      attached: true,
      agentCount: 3,
      vmSize: 'kubernetes',
      serviceType: 'NodePort',
      namespace: 'models',
      placement: { ...placement, tolerations: [], runtimeClassName: null, acceleratorResource: 'nvidia.com/gpu' },
      loadBalancerSubnet: null,
      scoringUrl: null,
      capacity: { cpu: 12, memoryInGB: 48, gpu: 1 },
    });
    expect(await ids('/clusters')).toEqual(['kube', 'myaks']);
  });

  test('that is refused leaves no cluster', async () => {
    api.clusters.found = { ...api.clusters.found, nodes: 2, allocatable: { cpu: 7.9, memoryInGB: 30, gpu: 0 } };
    const { status, body } = await put(COMPUTE, ATTACH);
    expect([status, body.code]).toEqual([400, 'ComputeTooSmall']);
    expect(body.message).toMatch(/greater than or equal to 12 virtual CPUs.*2 nodes.*can give 7\.9/);
    expect(body.suggestion).toContain('DevTest');
    expect(await ids('/clusters')).toEqual(['myaks']);
    expect(await ids(`${WORKSPACE}/operations`)).toHaveLength(1);
    await attached({ clusterPurpose: 'DevTest' });
  });

  test('of a known cluster is made after a look at what it is now', async () => {
    api.clusters.found = { ...api.clusters.found, nodes: 1, allocatable: { cpu: 4, memoryInGB: 16, gpu: 0 } };
    await put(CLUSTER, { ...ADD, context: 'c' });
    const { resourceId } = (await api.call('GET', CLUSTER)).body;
    const byId = { mode: 'attach', resourceId };
    expect((await put(COMPUTE, byId)).body.code).toBe('ComputeTooSmall');
    api.clusters.found = { ...api.clusters.found, nodes: 3, allocatable: { cpu: 12, memoryInGB: 48, gpu: 0 } };
    expect((await put(COMPUTE, byId)).status).toBe(202);
    const connection = JSON.stringify({ kubeconfig: KUBECONFIG, context: 'c' });
    expect(api.clusters.looks.at(-1)).toEqual({ connection, context: 'admin@kube', inCluster: false });
    expect((await api.call('GET', CLUSTER)).body).toMatchObject({ agentCount: 3, attachedTo: { compute: 'kube' } });
  });

  test('is one for a cluster, whatever that is called', async () => {
    await attached();
    const again = await put(`${WORKSPACE}/computes/other`, ATTACH);
    expect(again).toMatchObject({ status: 409, body: { code: 'ClusterInUse' } });
    expect(again.body.message).toMatch(/workspaces\/ws as compute target "kube"/);
    expect(await ids('/clusters')).toEqual(['kube', 'myaks']);
  });

  test('can be attached again after it was detached, with another credential', async () => {
    await attached();
    const { id } = await api.state.computes.get((await api.state.computes.all())[0]?.workspaceId ?? '', 'kube');
    await api.state.computes.remove(id);
    await attached({ kubernetes: { kubeconfig: 'another' } });
    const { resourceId } = (await api.call('GET', COMPUTE)).body;
    expect(await api.state.clusters.connection(resourceId as string)).toContain('another');
  });

  test('is changed by attaching its cluster again, by a credential or by its id', async () => {
    await attached({ serviceType: 'NodePort', clusterPurpose: 'DevTest', tags: { team: 'a' } });
    const { resourceId, createdTime } = (await api.call('GET', COMPUTE)).body;
    const placement = { nodeSelector: { pool: 'gpu' } };
    const again = await put(`${WORKSPACE}/computes/KUBE`, {
      ...ATTACH,
      kubernetes: { kubeconfig: 'newer' },
      placement,
    });
    expect(again).toMatchObject({ status: 202, body: { kind: 'UpdateCompute', target: { name: 'kube' } } });
    const changed = { name: 'kube', provisioningState: 'Updating', serviceType: 'LoadBalancer', tags: {}, createdTime };
    expect((await api.call('GET', COMPUTE)).body).toMatchObject({ ...changed, placement });
    expect(await api.state.clusters.connection(resourceId as string)).toContain('newer');
    const soon = await put(COMPUTE, { mode: 'attach', resourceId });
    expect(soon).toMatchObject({ status: 409, body: { code: 'OperationInProgress' } });
    await api.finish(again.body.id as string);
    const byId = await put(COMPUTE, { mode: 'attach', resourceId: (resourceId as string).toUpperCase() });
    expect(byId).toMatchObject({ status: 202, body: { kind: 'UpdateCompute' } });
    expect((await api.call('GET', COMPUTE)).body.placement).toBeNull();
  });

  test.each<[what: string, body: object, code: string]>([
    ['another cluster by its id', { mode: 'attach', resourceId: 'KNOWN' }, 'ComputeAlreadyExists'],
    ['a new cluster', { mode: 'create' }, 'ComputeAlreadyExists'],
    ['a credential of another cluster', { ...ATTACH, kubernetes: { kubeconfig: 'uid: another' } }, 'ClusterInUse'],
    ['a purpose that it is too small for', { ...ATTACH, clusterPurpose: 'FastProd' }, 'ComputeTooSmall'],
    ['a label that is none', { ...ATTACH, placement: { nodeSelector: { 'a b': 'c' } } }, 'BadArgument'],
  ])('is not changed by attaching %s under its name', async (_what, body, code) => {
    await put(CLUSTER.replace(/kube$/, 'another'), { kind: 'local' });
    const { resourceId } = (await api.call('GET', CLUSTER.replace(/kube$/, 'another'))).body;
    api.clusters.found = { ...api.clusters.found, allocatable: { cpu: 4, memoryInGB: 16, gpu: 0 } };
    await attached({ clusterPurpose: 'DevTest' });
    const before = (await api.call('GET', COMPUTE)).body;
    if (code === 'ClusterInUse') {
      api.clusters.found = { ...api.clusters.found, uid: 'uid-of-another' };
    }
    const asked = JSON.stringify({ clusterPurpose: 'DevTest', ...body }).replace('KNOWN', resourceId as string);
    expect((await put(COMPUTE, JSON.parse(asked) as object)).body.code).toBe(code);
    expect((await api.call('GET', COMPUTE)).body).toEqual(before);
  });

  test('that is asked for twice with one operation id is made once, though the cluster is gone by then', async () => {
    const body = { ...ATTACH, operationId: randomUUID() };
    const first = await put(COMPUTE, body);
    const looks = api.clusters.looks.length;
    expect(await put(COMPUTE, body)).toEqual(first);
    expect(api.clusters.looks).toHaveLength(looks);
    const other = await put(COMPUTE, { ...body, kubernetes: { kubeconfig: 'another' } });
    expect(other).toMatchObject({ status: 409, body: { code: 'OperationIdReused' } });
  });

  test('has its objects written out, as it is or as it would be', async () => {
    const { body } = await api.call('GET', `${COMPUTE}/manifests?serviceType=ClusterIP&image=router:1`);
    expect(body).toEqual({ yaml: 'kind: Namespace # for kube' });
    await attached({ clusterPurpose: 'DevTest', loadBalancerType: 'InternalLoadBalancer', loadBalancerSubnet: 'apps' });
    await api.call('GET', `${WORKSPACE}/computes/KUBE/manifests`);
    expect(api.clusters.manifestsAsked).toMatchObject([
      { compute: 'kube', clusterPurpose: 'FastProd', serviceType: 'ClusterIP', image: 'router:1', namespace: null },
      {
        compute: 'kube',
        clusterPurpose: 'DevTest',
        loadBalancerSubnet: 'apps',
        serviceType: 'LoadBalancer',
        image: null,
      },
    ]);
  });
});

describe('a service on it', () => {
  const SERVICE = `${WORKSPACE}/services/myservice`;
  const onKube = (changes: object = {}) => deployment(api, { computeName: 'kube', ...changes });

  test('may have a GPU, which this machine does not give', async () => {
    await attached();
    const settings = { containerResourceRequirements: { gpu: 1 } };
    expect((await put(SERVICE, await onKube({ settings }))).status).toBe(202);
    const here = await put(`${WORKSPACE}/services/here`, await deployment(api, { settings }));
    expect(here).toMatchObject({ status: 501, body: { code: 'NotSupportedYet' } });
    expect(here.body.suggestion).toContain('Kubernetes');
  });

  test('is scored where the routers of its cluster are, once they can be reached', async () => {
    await attached();
    await put(SERVICE, await onKube());
    expect((await api.call('GET', SERVICE)).body).toMatchObject({ scoringUri: '', swaggerUri: '' });
    const [kube] = (await api.state.computes.all()).filter(({ name }) => name === 'kube');
    await api.state.computes.setScoringUrl(kube?.id ?? '', 'http://10.0.0.7');
    const scoringUri = 'http://10.0.0.7/api/v1/service/myservice/score';
    expect((await api.call('GET', SERVICE)).body).toMatchObject({ scoringUri });
    expect((await api.call('GET', `${WORKSPACE}/services`)).body.value).toMatchObject([{ scoringUri }]);
    expect((await api.call('GET', COMPUTE)).body.scoringUrl).toBe('http://10.0.0.7');
  });

  test('leaves its name to others on this machine', async () => {
    await attached();
    await put(SERVICE, await onKube());
    const other = '/subscriptions/sub/resourceGroups/rg/workspaces/other';
    await put(other, {});
    await api.call('POST', `${other}/models`, { body: { name: 'mymodel', files: [await api.file('m', 'w')] } });
    const made = await put(`${other}/computes/here`, { mode: 'create', clusterPurpose: 'DevTest' });
    await api.finish(made.body.id as string);
    const body = await deployment(api, { computeName: 'here' });
    expect((await put(`${other}/services/myservice`, body)).status).toBe(202);
  });
});

test('nothing shows the credential: no answer, no operation, no log', async () => {
  const answers: unknown[] = [];
  const note = async (answer: Promise<{ body: unknown }>): Promise<void> => {
    answers.push((await answer).body);
  };
  await note(put(CLUSTER, ADD));
  await note(put(CLUSTER, ADD));
  await note(put(CLUSTER, { ...ADD, kubeconfig: `fails: KubeconfigUnusable ${SECRET}` }));
  await note(put(CLUSTER, { ...ADD, kubeconfig: { token: SECRET } }));
  await note(put(CLUSTER, { ...ADD, inCluster: true }));
  await note(put(COMPUTE, { ...ATTACH, kubernetes: { kubeconfig: SECRET, context: 3 } }));
  await note(put(COMPUTE, { ...ATTACH, operationId: randomUUID() }));
  await note(put(COMPUTE, ATTACH));
  const raw = { raw: `{"kind":"kubernetes","kubeconfig":"${SECRET}`, headers: { 'content-type': 'application/json' } };
  await note(api.call('PUT', CLUSTER, raw));
  // A fault of ours, whose cause is logged whole.
  const { inspect } = api.clusters;
  api.clusters.inspect = () => Promise.reject(new Error('unforeseen'));
  await note(put(CLUSTER, ADD));
  api.clusters.inspect = inspect;
  for (const path of ['/clusters', CLUSTER, `${WORKSPACE}/computes`, COMPUTE, `${WORKSPACE}/operations`]) {
    await note(api.call('GET', path));
  }
  await note(api.call('GET', `${COMPUTE}/manifests`));
  for (const { id } of (await api.call('GET', `${WORKSPACE}/operations`)).body.value as { id: string }[]) {
    await note(api.call('GET', `${WORKSPACE}/operations/${id}/log`));
  }
  answers.push(await api.state.operations.running());
  const written = await vi.waitFor(async () => {
    const text = await readFile(logFile, 'utf8');
    expect(text).toContain('unforeseen');
    return text;
  });
  expect(JSON.stringify(answers)).not.toContain(SECRET);
  expect(written).not.toContain(SECRET);
});
