/** What the API answers to what it can't use: the right status, a code, and a sentence that says what to do. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { type Answer, deployment, furnish, startTestApp, type TestApp, WORKSPACE } from './testing/test-app.ts';

let api: TestApp;
beforeAll(async () => {
  api = await startTestApp();
  await furnish(api);
  await api.call('PUT', '/subscriptions/sub/resourceGroups/rg/clusters/spare', { body: { kind: 'local' } });
  await api.call('PUT', CLUSTER.replace(/c$/, 'known'), { body: { kind: 'kubernetes', kubeconfig: 'known' } });
});
afterAll(() => api[Symbol.asyncDispose]());

type Row = readonly [
  what: string,
  ask: () => Promise<Answer>,
  status: number,
  code: string,
  /** Part of the message, the suggestion or a detail. */
  says: string | RegExp,
];

const DIGEST = 'a'.repeat(64);
const json = (method: string, path: string, body: unknown) => () => api.call(method, path, { body });
const get = (path: string) => () => api.call('GET', path);
const register = (changes: Record<string, unknown>) => async () =>
  api.call('POST', `${WORKSPACE}/models`, {
    body: { name: 'other', files: [await api.file('model.pkl', 'weights')], ...changes },
  });
const file = (path: string) => register({ files: [{ path, sha256: DIGEST, size: 1 }] });
const deploy =
  (changes: Record<string, unknown>, name = 'bad-service') =>
  async () =>
    api.call('PUT', `${WORKSPACE}/services/${name}`, { body: await deployment(api, changes) });
const settings = (given: unknown) => deploy({ settings: given });
const script = (inference: Record<string, unknown>) => async () => {
  const good = (await deployment(api)) as { inference: object };
  return deploy({ inference: { ...good.inference, ...inference } })();
};
const compute = (body: unknown, name = 'target') => json('PUT', `${WORKSPACE}/computes/${name}`, body);
const CLUSTER = '/subscriptions/s/resourceGroups/g/clusters/c';
const LOCAL_ID = '/subscriptions/sub/resourcegroups/rg/providers/Microsoft.ContainerService/managedClusters/spare';
const cluster = (body: Record<string, unknown>, path = CLUSTER) => json('PUT', path, body);
const kubernetes = (fields: Record<string, unknown>) => cluster({ kind: 'kubernetes', ...fields });
/** The stand-in for those who talk to a Kubernetes fails as the text says. */
const failing = (code: string) => kubernetes({ kubeconfig: `fails: ${code} token: hunter2` });
const attach = (fields: Record<string, unknown>) => compute({ mode: 'attach', ...fields });
const attachKubernetes = (fields: Record<string, unknown>, name = 'kube') =>
  compute({ mode: 'attach', kubernetes: { kubeconfig: 'token: hunter2' }, ...fields }, name);
const attachLocal = (fields: Record<string, unknown>) => attach({ resourceId: LOCAL_ID, ...fields });
const manifests = (query: string, name = 'kube') => get(`${WORKSPACE}/computes/${name}/manifests?${query}`);
const raw =
  (method: string, path: string, text: string | Buffer, type = 'application/json') =>
  () =>
    api.call(method, path, { raw: text, headers: { 'content-type': type } });

const ROWS: readonly Row[] = [
  ['no token', () => api.call('GET', '/workspaces', { token: null }), 401, 'Unauthorized', 'owner-token'],
  ['a wrong token', () => api.call('GET', '/workspaces', { token: 'wrong' }), 401, 'Unauthorized', 'not valid'],
  [
    'a token of another scheme',
    () => api.call('GET', '/workspaces', { token: null, headers: { authorization: 'Basic eDp5' } }),
    401,
    'Unauthorized',
    'Bearer',
  ],
  [
    'no token, with a body',
    () => api.call('PUT', WORKSPACE, { token: null, body: {} }),
    401,
    'Unauthorized',
    'missing',
  ],
  ['a path that is none', get('/nothing'), 404, 'RouteNotFound', 'openapi.json'],
  ['another version of the API', get('!/farled/v2/workspaces'), 404, 'RouteNotFound', '/farled/v2/workspaces'],
  ['a path with broken escapes', get('/workspaces/%zz'), 400, 'MalformedRequest', "can't be read"],
  ['a method that the path has not', () => api.call('POST', WORKSPACE), 405, 'MethodNotAllowed', /PUT/],
  ['a body that is not JSON', raw('PUT', WORKSPACE, '{"location":'), 400, 'MalformedRequest', 'JSON'],
  ['an empty body said to be JSON', raw('PUT', WORKSPACE, ''), 400, 'MalformedRequest', 'JSON'],
  [
    'a body of another type',
    raw('PUT', WORKSPACE, 'a: b', 'application/yaml'),
    415,
    'UnsupportedMediaType',
    'application/json',
  ],
  ['no body', () => api.call('PUT', WORKSPACE), 400, 'BadArgument', 'The request body'],
  ['a list in place of an object', json('PUT', WORKSPACE, []), 400, 'BadArgument', 'object'],
  ['a number in place of an object', raw('PUT', WORKSPACE, '1'), 400, 'BadArgument', 'object'],
  ['a body of prototypes', raw('PUT', WORKSPACE, '{"__proto__": {"x": 1}}'), 400, 'MalformedRequest', 'JSON'],
  ['a body of 33 MB', raw('PUT', WORKSPACE, Buffer.alloc(33 * 1024 * 1024, ' ')), 413, 'PayloadTooLarge', 'artifacts'],
  ['an unknown field', json('PUT', WORKSPACE, { locaton: 'x' }), 400, 'BadArgument', 'locaton'],
  ['a number as a text', json('PUT', WORKSPACE, { location: 3 }), 400, 'BadArgument', 'location'],
  [
    '101 tags',
    json('PATCH', WORKSPACE, { tags: Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`t${i}`, ''])) }),
    400,
    'BadArgument',
    '100 entries',
  ],
  [
    'a workspace with a space in its name',
    json('PUT', WORKSPACE.replace(/ws$/, 'a%20b'), {}),
    400,
    'BadArgument',
    'workspace',
  ],
  [
    'a workspace with a slash in its name',
    json('PUT', WORKSPACE.replace(/ws$/, 'a%2Fb'), {}),
    400,
    'BadArgument',
    'workspace',
  ],
  [
    'a workspace that is not there',
    get('/subscriptions/sub/resourceGroups/rg/workspaces/wss'),
    404,
    'WorkspaceNotFound',
    '"ws"',
  ],
  ['a workspace that is there', json('PUT', WORKSPACE, {}), 409, 'WorkspaceAlreadyExists', 'existOk'],
  ['a workspace that is not empty', () => api.call('DELETE', WORKSPACE), 409, 'WorkspaceNotEmpty', 'myaks'],
  ['a page of none', get('/workspaces?count=0'), 400, 'BadArgument', 'count'],
  ['a page of words', get('/workspaces?count=many'), 400, 'BadArgument', 'count'],
  ['an unknown filter', get(`${WORKSPACE}/models?nmae=x`), 400, 'BadArgument', 'nmae'],
  ['a skip token of someone else', get(`${WORKSPACE}/models?skipToken=abc.def`), 400, 'BadArgument', 'first page'],
  ['a model name with a slash', register({ name: 'a/b' }), 400, 'BadArgument', 'name'],
  ['a model name of 256 letters', register({ name: 'a'.repeat(256) }), 400, 'BadArgument', '255'],
  ['a model without files', register({ files: [] }), 400, 'BadArgument', 'at least one file'],
  ['a model whose file was not uploaded', file('model.pkl'), 404, 'ArtifactNotFound', 'model.pkl'],
  [
    'a model file of another size',
    async () => register({ files: [{ ...(await api.file('m', 'weights')), size: 3 }] })(),
    400,
    'ArtifactDigestMismatch',
    '7 bytes',
  ],
  ['a model file above its folder', file('../../etc/passwd'), 400, 'BadArgument', '".."'],
  ['a model file deep and above', file('a/../../b'), 400, 'BadArgument', '".."'],
  ['a model file at the root', file('/etc/passwd'), 400, 'BadArgument', 'relative'],
  ['a model file of Windows', file('C:\\x'), 400, 'BadArgument', 'relative'],
  ['a model file with a backslash', file('a\\b'), 400, 'BadArgument', 'backslash'],
  ['a model file with a NUL', file('a\0b'), 400, 'BadArgument', 'NUL'],
  ['a model file with an endless name', file('a'.repeat(256)), 400, 'BadArgument', '255'],
  [
    'a model with a file twice',
    register({
      files: [
        { path: 'a', sha256: DIGEST, size: 1 },
        { path: 'a', sha256: DIGEST, size: 1 },
      ],
    }),
    400,
    'BadArgument',
    'twice',
  ],
  [
    'a model with a file that is a folder',
    register({
      files: [
        { path: 'a', sha256: DIGEST, size: 1 },
        { path: 'a/b', sha256: DIGEST, size: 1 },
      ],
    }),
    400,
    'BadArgument',
    'both a file and a folder',
  ],
  [
    'a digest in capitals',
    register({ files: [{ path: 'a', sha256: 'A'.repeat(64), size: 1 }] }),
    400,
    'BadArgument',
    'SHA-256',
  ],
  ['a negative size', register({ files: [{ path: 'a', sha256: DIGEST, size: -1 }] }), 400, 'BadArgument', 'size'],
  ['a framework that is none', register({ framework: 'Sklearn' }), 400, 'BadArgument', 'ScikitLearn'],
  ['a model without a version', get(`${WORKSPACE}/models/mymodel`), 400, 'BadArgument', 'name:version'],
  ['a model of version 0', get(`${WORKSPACE}/models/mymodel:0`), 400, 'BadArgument', 'name:version'],
  ['a version that is not there', get(`${WORKSPACE}/models/mymodel:7`), 404, 'ModelNotFound', 'mymodel'],
  [
    'bytes of another digest',
    () =>
      api.call('PUT', `${WORKSPACE}/artifacts/${DIGEST}`, {
        raw: 'x',
        headers: { 'content-type': 'application/octet-stream' },
      }),
    400,
    'ArtifactDigestMismatch',
    DIGEST,
  ],
  [
    'a digest that is too short',
    () =>
      api.call('PUT', `${WORKSPACE}/artifacts/abc`, {
        raw: 'x',
        headers: { 'content-type': 'application/octet-stream' },
      }),
    400,
    'BadArgument',
    '64',
  ],
  ['bytes that are not there', get(`${WORKSPACE}/artifacts/${DIGEST}`), 404, 'ArtifactNotFound', DIGEST],
  [
    'an environment of Microsoft',
    json('PUT', `${WORKSPACE}/environments/AzureML-Minimal`, { name: 'AzureML-Minimal' }),
    400,
    'BadArgument',
    'not start with',
  ],
  [
    'an environment of two names',
    json('PUT', `${WORKSPACE}/environments/a`, { name: 'b' }),
    400,
    'BadArgument',
    'one name',
  ],
  [
    'an environment variable with a dash',
    json('PUT', `${WORKSPACE}/environments/a`, { name: 'a', environmentVariables: { 'A-B': '' } }),
    400,
    'BadArgument',
    'underscores',
  ],
  [
    'a registry password of nobody',
    json('PUT', `${WORKSPACE}/environments/a`, { name: 'a', docker: { baseImageRegistry: { password: 'hunter2' } } }),
    400,
    'BadArgument',
    'no address',
  ],
  ['an environment that is not there', get(`${WORKSPACE}/environments/none`), 404, 'EnvironmentNotFound', 'none'],
  ['a compute name that starts with a digit', compute({ mode: 'create' }, '1abc'), 400, 'BadArgument', '3 to 24'],
  ['a compute without a mode', compute({}), 400, 'BadArgument', '"create" or "attach"'],
  [
    'a machine size that is none',
    compute({ mode: 'create', vmSize: 'Standard_Z1' }),
    400,
    'BadArgument',
    'Standard_Z1',
  ],
  [
    'a purpose that is none',
    compute({ mode: 'create', clusterPurpose: 'Prod' }),
    400,
    'BadArgument',
    'FastProd, DevTest',
  ],
  ['no agents', compute({ mode: 'create', agentCount: 0 }), 400, 'BadArgument', 'agentCount'],
  ['a production cluster of one agent', compute({ mode: 'create', agentCount: 1 }), 400, 'ComputeTooSmall', 'DevTest'],
  [
    'a compute that is there',
    compute({ mode: 'create', clusterPurpose: 'DevTest' }, 'MyAks'),
    409,
    'ComputeAlreadyExists',
    'MyAks',
  ],
  [
    'a cluster that is no resource id',
    compute({ mode: 'attach', resourceId: 'mycluster' }),
    400,
    'BadArgument',
    'managedClusters',
  ],
  [
    'a cluster that is not known',
    compute({
      mode: 'attach',
      resourceId: '/subscriptions/s/resourcegroups/g/providers/Microsoft.ContainerService/managedClusters/c',
    }),
    404,
    'ClusterNotFound',
    'farled cluster add -g g -n c',
  ],
  [
    'a cluster that is not known, of a subscription of its own',
    attach({
      resourceId: '/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerService/managedClusters/c',
    }),
    404,
    'ClusterNotFound',
    'farled cluster add -g g -n c --kubeconfig FILE --subscription-id s`: credentials are not fetched from Azure',
  ],
  ['a kind of cluster that is none', cluster({ kind: 'kubeconfig' }), 400, 'BadArgument', '"local" or "kubernetes"'],
  ['a cluster of no kind', cluster({ kubeconfig: 'token: hunter2' }), 400, 'BadArgument', '"local" or "kubernetes"'],
  [
    'a Kubernetes of which nothing is said',
    kubernetes({}),
    400,
    'BadArgument',
    'exactly one of kubeconfig and inCluster',
  ],
  [
    'a Kubernetes that is said twice',
    kubernetes({ kubeconfig: 'token: hunter2', inCluster: true }),
    400,
    'BadArgument',
    'exactly one of kubeconfig and inCluster',
  ],
  ['an empty kubeconfig', kubernetes({ kubeconfig: '' }), 400, 'BadArgument', 'kubeconfig'],
  [
    'a kubeconfig in JSON that is not text',
    kubernetes({ kubeconfig: { users: [{ token: 'hunter2' }] } }),
    400,
    'BadArgument',
    'must be the text of a kubeconfig',
  ],
  [
    'a kubeconfig that is null',
    kubernetes({ kubeconfig: null }),
    400,
    'BadArgument',
    'must be the text of a kubeconfig',
  ],
  [
    'a kubeconfig of more than 1 MiB',
    kubernetes({ kubeconfig: 'hunter2'.repeat(150_000) }),
    400,
    'BadArgument',
    'not be larger than 1 MiB',
  ],
  ['an empty context', kubernetes({ kubeconfig: 'token: hunter2', context: '' }), 400, 'BadArgument', 'context'],
  [
    'a context that is a number',
    kubernetes({ kubeconfig: 'token: hunter2', context: 1 }),
    400,
    'BadArgument',
    'context',
  ],
  [
    'a context without a kubeconfig',
    kubernetes({ inCluster: true, context: 'x' }),
    400,
    'BadArgument',
    'none was given',
  ],
  ['a cluster that is not the own one', kubernetes({ inCluster: false }), 400, 'BadArgument', 'must be true'],
  ['an own cluster in words', kubernetes({ inCluster: 'yes' }), 400, 'BadArgument', 'must be true'],
  ['a token beside a kubeconfig', kubernetes({ kubeconfig: 'x', token: 'hunter2' }), 400, 'BadArgument', 'token'],
  ['agents of a Kubernetes', kubernetes({ kubeconfig: 'x', agentCount: 3 }), 400, 'BadArgument', 'agentCount'],
  [
    'a kubeconfig for this machine',
    cluster({ kind: 'local', kubeconfig: 'token: hunter2' }),
    400,
    'BadArgument',
    'kubeconfig',
  ],
  [
    'a credential for a cluster that is this machine',
    cluster(
      { kind: 'kubernetes', kubeconfig: 'token: hunter2' },
      '/subscriptions/sub/resourceGroups/rg/clusters/spare',
    ),
    409,
    'ClusterAlreadyExists',
    'is this machine',
  ],
  [
    'this machine in place of a Kubernetes',
    cluster({ kind: 'local' }, CLUSTER.replace(/c$/, 'known')),
    409,
    'ClusterAlreadyExists',
    'farled cluster remove',
  ],
  [
    'a cluster with a slash in its name',
    cluster({ kind: 'kubernetes', kubeconfig: 'x' }, CLUSTER.replace(/c$/, 'a%2Fb')),
    400,
    'BadArgument',
    'cluster',
  ],
  ['a kubeconfig that can not be used', failing('KubeconfigUnusable'), 400, 'KubeconfigUnusable', 'Mend it'],
  ['a cluster out of reach', failing('KubernetesUnaccessible'), 502, 'KubernetesUnaccessible', 'Mend it'],
  ['a credential that is refused', failing('ClusterCredentialRefused'), 400, 'ClusterCredentialRefused', 'Mend it'],
  ['a credential that may not', failing('ClusterPermissionsMissing'), 400, 'ClusterPermissionsMissing', 'Mend it'],
  ['an old Kubernetes', failing('KubernetesVersionUnsupported'), 400, 'KubernetesVersionUnsupported', 'Mend it'],
  ['an attachment to nothing', attach({}), 400, 'BadArgument', 'exactly one of resourceId and kubernetes'],
  [
    'an attachment to two clusters',
    attachKubernetes({ resourceId: LOCAL_ID }),
    400,
    'BadArgument',
    'exactly one of resourceId and kubernetes',
  ],
  ['an attachment to an empty one', attach({ kubernetes: {} }), 400, 'BadArgument', 'exactly one of kubeconfig'],
  ['an attachment to null', attach({ kubernetes: null }), 400, 'BadArgument', 'kubernetes'],
  [
    'an attachment to a cluster that is said twice',
    attach({ kubernetes: { kubeconfig: 'token: hunter2', inCluster: true } }),
    400,
    'BadArgument',
    'exactly one of kubeconfig and inCluster',
  ],
  ['a token in an attachment', attach({ kubernetes: { token: 'hunter2' } }), 400, 'BadArgument', 'token'],
  [
    'an attachment out of reach',
    attach({ kubernetes: { kubeconfig: 'fails: KubernetesUnaccessible token: hunter2' } }),
    502,
    'KubernetesUnaccessible',
    'Mend it',
  ],
  [
    'a router service that is none',
    attachKubernetes({ serviceType: 'loadBalancer' }),
    400,
    'BadArgument',
    'LoadBalancer, NodePort, ClusterIP',
  ],
  ['a load balancer that is none', attachKubernetes({ loadBalancerType: 'Internal' }), 400, 'BadArgument', 'PublicIp'],
  [
    'an internal load balancer that is a port of nodes',
    attachKubernetes({ serviceType: 'NodePort', loadBalancerType: 'InternalLoadBalancer' }),
    400,
    'BadArgument',
    'needs serviceType LoadBalancer',
  ],
  [
    'a subnet for a public load balancer',
    attachKubernetes({ loadBalancerSubnet: 'apps' }),
    400,
    'BadArgument',
    'needs loadBalancerType InternalLoadBalancer',
  ],
  [
    'a subnet with a slash',
    attachKubernetes({ loadBalancerType: 'InternalLoadBalancer', loadBalancerSubnet: 'a/b' }),
    400,
    'BadArgument',
    'name of a subnet',
  ],
  ['a namespace in capitals', attachKubernetes({ namespace: 'Apps' }), 400, 'BadArgument', 'lowercase'],
  [
    'a subnet on this machine',
    attachLocal({ loadBalancerType: 'InternalLoadBalancer', loadBalancerSubnet: 'apps' }),
    501,
    'NotSupportedYet',
    'loadBalancerSubnet',
  ],
  [
    'a placement on this machine',
    attachLocal({ placement: { runtimeClassName: 'kata' } }),
    501,
    'NotSupportedYet',
    'placement',
  ],
  [
    'a label of nodes that none can have',
    attachKubernetes({ placement: { nodeSelector: { pool: 'a b' } } }),
    400,
    'BadArgument',
    "must be a label's value",
  ],
  ['a port of nodes on this machine', attachLocal({ serviceType: 'NodePort' }), 501, 'NotSupportedYet', 'NodePort'],
  [
    'a Kubernetes under the name of this machine',
    attachKubernetes({ clusterPurpose: 'DevTest' }, 'spare'),
    409,
    'ClusterAlreadyExists',
    'is this machine',
  ],
  [
    'a Kubernetes under the name of a compute',
    attachKubernetes({ clusterPurpose: 'DevTest' }, 'myaks'),
    409,
    'ComputeAlreadyExists',
    'choose another name',
  ],
  ['manifests of a compute with a dot', manifests('', 'a.b'), 400, 'BadArgument', '3 to 24'],
  ['manifests for a purpose that is none', manifests('clusterPurpose=Prod'), 400, 'BadArgument', 'FastProd, DevTest'],
  ['manifests for a service that is none', manifests('serviceType=Ingress'), 400, 'BadArgument', 'NodePort'],
  ['manifests with an empty image', manifests('image='), 400, 'BadArgument', 'image'],
  ['manifests with an unknown option', manifests('imgae=x'), 400, 'BadArgument', 'imgae'],
  [
    'a compute that is not there',
    () => api.call('DELETE', `${WORKSPACE}/computes/none`),
    404,
    'ComputeNotFound',
    'myaks',
  ],
  ['a service name in capitals', deploy({}, 'MyService'), 400, 'BadArgument', 'lowercase'],
  ['a service name of two letters', deploy({}, 'ab'), 400, 'BadArgument', '3 to 32'],
  ['a compute target that is not there', deploy({ computeName: 'myask' }), 404, 'ComputeNotFound', '"myaks"'],
  ['a model that is not there', deploy({ models: ['mymode:1'] }), 404, 'ModelNotFound', 'mymodel'],
  ['a model named twice', deploy({ models: ['mymodel:1', 'mymodel:1'] }), 400, 'BadArgument', 'twice'],
  ['an entry script that is not in its folder', script({ entryScript: 'scoer.py' }), 400, 'BadArgument', 'scoer.py'],
  ['an entry script above its folder', script({ entryScript: '../score.py' }), 400, 'BadArgument', 'entryScript'],
  [
    'a source folder that was not uploaded',
    script({ source: [{ path: 'score.py', sha256: DIGEST, size: 1 }] }),
    404,
    'ArtifactNotFound',
    'score.py',
  ],
  ['an unknown setting', settings({ numReplica: 1 }), 400, 'BadArgument', 'numReplica'],
  ['no replicas', settings({ numReplicas: 0 }), 400, 'BadArgument', 'numReplicas'],
  ['a negative cpu', settings({ containerResourceRequirements: { cpu: -1 } }), 400, 'BadArgument', 'cpu'],
  [
    'a limit below the request',
    settings({ containerResourceRequirements: { memoryInGB: 2, memoryInGBLimit: 1 } }),
    400,
    'BadArgument',
    'memoryInGBLimit',
  ],
  [
    'more replicas at least than at most',
    settings({ autoScaler: { minReplicas: 3, maxReplicas: 2 } }),
    400,
    'BadArgument',
    'minReplicas',
  ],
  [
    'keys and tokens at once',
    settings({ authEnabled: true, tokenAuthEnabled: true }),
    400,
    'BadArgument',
    'exclude each other',
  ],
  ['a GPU', settings({ containerResourceRequirements: { gpu: 1 } }), 501, 'NotSupportedYet', 'gpu'],
  ['Application Insights', settings({ appInsightsEnabled: true }), 501, 'NotSupportedYet', 'appInsightsEnabled'],
  ['a key with a space', deploy({ keys: { primaryKey: 'my key 12345' } }), 400, 'BadArgument', 'without spaces'],
  ['an operation id that is no UUID', deploy({ operationId: '1' }), 400, 'BadArgument', 'UUID'],
  ['a service that is not there', get(`${WORKSPACE}/services/nobody`), 404, 'ServiceNotFound', 'nobody'],
  [
    'a third key',
    json('POST', `${WORKSPACE}/services/nobody/regenerateKey`, { keyType: 'Third' }),
    400,
    'BadArgument',
    'Primary or Secondary',
  ],
  [
    'an operation that is not there',
    get(`${WORKSPACE}/operations/00000000-0000-4000-8000-000000000000`),
    404,
    'OperationNotFound',
    '00000000-0000-4000-8000',
  ],
  ['a log of no lines', get(`${WORKSPACE}/services/nobody/logs?lines=0`), 400, 'BadArgument', 'lines'],
];

describe('bad input', () => {
  test.each(ROWS)('%s', async (_what, ask, status, code, says) => {
    const answer = await ask();
    expect(answer.body).toMatchObject({ code, statusCode: status, details: expect.any(Array) });
    expect(answer.status).toBe(status);
    expect(JSON.stringify(answer.body)).toMatch(typeof says === 'string' ? asText(says) : says);
    expect(JSON.stringify(answer.body)).not.toContain('hunter2');
  });

  test('nothing of it was kept, and the server goes on', async () => {
    expect((await api.call('GET', `${WORKSPACE}/models`)).body.value).toHaveLength(1);
    expect((await api.call('GET', `${WORKSPACE}/services`)).body.value).toEqual([]);
    expect((await api.call('GET', `${WORKSPACE}/computes`)).body.value).toHaveLength(1);
    expect((await api.call('GET', `${WORKSPACE}/environments`)).body.value).toEqual([]);
    const clusters = (await api.call('GET', '/clusters')).body.value as { name: string }[];
    expect(clusters.map(({ name }) => name)).toEqual(['known', 'spare', 'myaks']);
    expect((await api.call('GET', `${WORKSPACE}/operations`)).body.value).toHaveLength(1);
  });
});

/** The text as it stands in JSON. */
function asText(text: string): RegExp {
  return new RegExp(
    JSON.stringify(text)
      .slice(1, -1)
      .replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'),
    'i',
  );
}
