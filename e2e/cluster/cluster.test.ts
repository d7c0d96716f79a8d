import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';

import { startCluster, type Cluster } from './cluster.ts';
import { run } from './commands.ts';
import { layoutOf, type Layout } from './layout.ts';
import { clearRemains, isTaken } from './lifecycle.ts';
import { program } from './programs.ts';
import { push } from './registry.ts';
import { attachOrStart, START_TIMEOUT_MS, whyNoCluster } from './shared-cluster.ts';

const noCluster = whyNoCluster();
const noOwnCluster = whyNoCluster({});
/** Two cores may have three clusters and a compiler to run. */
const PATIENCE = { timeout: 180_000 };

describe.skipIf(noCluster)(`the test cluster${noCluster ? ` (${noCluster})` : ''}`, PATIENCE, () => {
  const namespace = `cluster-test-${randomBytes(4).toString('hex')}`;
  let cluster: Cluster;

  beforeAll(async () => {
    cluster = await attachOrStart();
    await cluster.kubectl(['create', 'namespace', namespace]);
    await applyWeb(cluster, namespace, { replicas: 2, image: cluster.registry.baseImage });
    await rollout(cluster, namespace);
  }, START_TIMEOUT_MS);

  afterAll(() => cluster.kubectl(['delete', 'namespace', namespace, '--wait=false']));

  it('runs a deployment of the base image, one pod on each node', async () => {
    const nodes = await inPods(cluster, namespace, '.spec.nodeName');
    expect(nodes.toSorted()).toEqual(cluster.nodes.slice(0, 2));
  });

  it('carries requests between pods of different nodes, by address and by name', async () => {
    const addresses = await inPods(cluster, namespace, '.status.podIP');
    const urls = [...addresses.map((address) => `http://${address}:8000`), 'http://web', `http://web.${namespace}.svc`];
    const answers = await python(cluster, namespace, askAll(urls));
    expect(answers).toBe(urls.map(() => '200').join('\n'));
  });

  it('has the whole of Python 3.11 in the base image', async () => {
    const code =
      'import sys, ssl, sqlite3, ctypes, venv, zoneinfo; ctypes.CDLL("libgomp.so.1"); print(sys.version_info[:2])';
    expect(await python(cluster, namespace, code)).toBe('(3, 11)');
  });

  it('shows what a pod printed', async () => {
    await python(cluster, namespace, askAll(['http://127.0.0.1:8000/hello']));
    expect(await cluster.kubectl(['logs', `--namespace=${namespace}`, '--selector=app=web', '--tail=-1'])).toContain(
      'GET /hello',
    );
  });
});

describe.skipIf(noOwnCluster)('a cluster of its own', PATIENCE, () => {
  // Others may run these tests on the same machine.
  const number = 20 + (process.pid % 30);
  const layout = layoutOf(number);
  let before: object;
  let cluster: Cluster;

  beforeAll(async () => {
    before = await traces(layout);
    cluster = await startCluster({ number });
    await program('kwok', console.error);
  }, START_TIMEOUT_MS);

  afterAll(() => cluster.down());

  it('is not started a second time', async () => {
    await expect(startCluster({ number })).rejects.toThrow(`Cluster ${number} is up already`);
  });

  it('tells its version, and leaves settings of the host as they were', async () => {
    expect(await cluster.kubectl(['version'])).toMatch(/Server Version: v1\.34\.\d+/);
    expect((await traces(layout)).settings).toEqual((before as Traces).settings);
  });

  it('runs pods from a registry with TLS and a password, and only for those who have it', async () => {
    const credentials = { username: 'puller', password: 'open $esame' };
    const registry = await cluster.startRegistry({ tls: true, htpasswd: credentials });
    const image = `${registry.host}/private/python:1`;
    const { username, password } = credentials;
    await push({ image, from: `docker://${cluster.registry.baseImage}`, credentials: `${username}:${password}` });
    const login = [
      `--docker-server=${registry.host}`,
      `--docker-username=${username}`,
      `--docker-password=${password}`,
    ];
    await cluster.kubectl(['create', 'secret', 'docker-registry', 'pull', ...login]);
    await applyWeb(cluster, 'default', { replicas: 1, image, pullSecret: 'pull' });
    await rollout(cluster, 'default');
    await registry.stop();
  });

  it('goes on serving while its API server is away', async () => {
    const address = await cluster.kubectl(['get', 'service', 'web', '--output=jsonpath={.spec.clusterIP}']);
    // The nodes have to hear of the pod first.
    await vi.waitFor(() => fetch(`http://${address}`, { signal: AbortSignal.timeout(500) }), { timeout: 60_000 });
    await cluster.stopApiServer();
    await expect(cluster.kubectl(['get', 'pods', '--request-timeout=2s'])).rejects.toThrow('refused');
    expect((await fetch(`http://${address}`)).status).toBe(200);
    await cluster.startApiServer();
    expect(await inPods(cluster, 'default', '.metadata.name')).toHaveLength(1);
  });

  it('gets a node back that lost its power', async () => {
    await cluster.stopNode('node2');
    await cluster.startNode('node2');
    const ready = 'jsonpath={.status.conditions[?(@.type=="Ready")].status}';
    expect(await cluster.kubectl(['get', 'node', 'node2', `--output=${ready}`])).toBe('True');
  });

  it('simulates nodes, and pods that seem to run on them', async () => {
    await cluster.simulateNodes({ name: 'many', count: 50, capacity: { 'nvidia.com/gpu': '4' } });
    await cluster.kubectl(['apply', '--filename=-'], { input: JSON.stringify(simulatedPods(100)) });
    await cluster.kubectl(['rollout', 'status', 'deployment/simulated', '--timeout=120s']);
  });

  it('leaves nothing behind', async () => {
    const during = await traces(layout);
    expect(during.processes.length).toBeGreaterThan(20);
    expect(during.links.length).toBeGreaterThan(2);
    await cluster.down();
    expect(await traces(layout)).toEqual(before);
  });

  it('refuses to touch a bridge that it did not make', async () => {
    await run('ip', ['link', 'add', layout.bridge, 'type', 'bridge']);
    try {
      await expect(startCluster({ number })).rejects.toThrow(`A link ${layout.bridge} is there`);
      expect((await traces(layout)).links).toEqual([layout.bridge]);
    } finally {
      await run('ip', ['link', 'delete', layout.bridge]);
    }
  });
});

describe.skipIf(noOwnCluster)('the number of a cluster of another home', () => {
  const layout = layoutOf(20 + (process.pid % 30));

  beforeEach(async () => {
    await run('ip', ['link', 'add', layout.bridge, 'type', 'bridge']);
    await run('ip', ['link', 'set', layout.bridge, 'alias', 'farled test cluster /another/home/20']);
  });

  afterEach(() => run('ip', ['link', 'delete', layout.bridge]));

  it('is taken while one of its nodes lives', async () => {
    await run('ip', ['link', 'add', `${layout.bridge}-x`, 'type', 'veth', 'peer', 'name', `${layout.bridge}-y`]);
    await run('ip', ['link', 'set', `${layout.bridge}-x`, 'master', layout.bridge]);
    try {
      expect(await isTaken(layout)).toBe(true);
    } finally {
      await run('ip', ['link', 'delete', `${layout.bridge}-x`]);
    }
  });

  it('is free when only its bridge is left, which then goes', async () => {
    expect(await isTaken(layout)).toBe(false);
    await clearRemains(layout);
    expect((await traces(layout)).links).toEqual([]);
    await run('ip', ['link', 'add', layout.bridge, 'type', 'bridge']);
  });
});

async function applyWeb(
  cluster: Cluster,
  namespace: string,
  web: { readonly replicas: number; readonly image: string; readonly pullSecret?: string },
): Promise<void> {
  const labels = { app: 'web' };
  const deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: {
      replicas: web.replicas,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          terminationGracePeriodSeconds: 1,
          ...(web.pullSecret && { imagePullSecrets: [{ name: web.pullSecret }] }),
          topologySpreadConstraints: [
            {
              maxSkew: 1,
              topologyKey: 'kubernetes.io/hostname',
              whenUnsatisfiable: 'DoNotSchedule',
              labelSelector: { matchLabels: labels },
            },
          ],
          containers: [
            {
              name: 'web',
              image: web.image,
              command: ['python3', '-u', '-m', 'http.server', '8000'],
              readinessProbe: { httpGet: { path: '/', port: 8000 }, periodSeconds: 1 },
            },
          ],
        },
      },
    },
  };
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web' },
    spec: { selector: labels, ports: [{ port: 80, targetPort: 8000 }] },
  };
  const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [deployment, service] });
  await cluster.kubectl(['apply', `--namespace=${namespace}`, '--filename=-'], { input });
}

function simulatedPods(replicas: number): object {
  const labels = { app: 'simulated' };
  const spec = {
    tolerations: [{ key: 'kwok.x-k8s.io/node', operator: 'Exists' }],
    nodeSelector: { 'kwok.x-k8s.io/node': 'many' },
    containers: [{ name: 'any', image: 'never-pulled', resources: { limits: { 'nvidia.com/gpu': '1' } } }],
  };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'simulated' },
    spec: { replicas, selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
  };
}

async function rollout(cluster: Cluster, namespace: string): Promise<void> {
  await cluster.kubectl(['rollout', 'status', 'deployment/web', `--namespace=${namespace}`, '--timeout=120s']);
}

async function inPods(cluster: Cluster, namespace: string, field: string): Promise<readonly string[]> {
  const query = [`--namespace=${namespace}`, '--selector=app=web', `--output=jsonpath={.items[*]${field}}`];
  return (await cluster.kubectl(['get', 'pods', ...query])).split(' ').filter(Boolean);
}

/** What the code prints in one of the pods. */
async function python(cluster: Cluster, namespace: string, code: string): Promise<string> {
  return (
    await cluster.kubectl(['exec', `--namespace=${namespace}`, 'deployment/web', '--', 'python3', '-c', code])
  ).trim();
}

/** A service refuses until the pod's node has heard of its endpoints. */
function askAll(urls: readonly string[]): string {
  return `
import time
from urllib import error, request

def ask(url, deadline=time.time() + 30):
    try:
        return request.urlopen(url, timeout=10).status
    except error.HTTPError as answer:
        return answer.status
    except error.URLError:
        if time.time() > deadline:
            raise
        time.sleep(0.2)
        return ask(url, deadline)

for url in ${JSON.stringify(urls)}:
    print(ask(url))
`;
}

type Traces = Awaited<ReturnType<typeof traces>>;

/** Everything of a cluster that can be seen on the host. */
async function traces(layout: Layout): Promise<{
  readonly processes: readonly string[];
  readonly mounts: readonly string[];
  readonly links: readonly string[];
  readonly namespaces: readonly string[];
  readonly firewall: string;
  readonly cgroups: readonly string[];
  readonly settings: readonly string[];
  readonly folder: boolean;
}> {
  const links = JSON.parse(await run('ip', ['-json', 'link', 'show'])) as readonly { readonly ifname: string }[];
  const settings = ['kernel/panic', 'kernel/panic_on_oops', 'vm/overcommit_memory', 'net/ipv4/ip_forward'];
  const mounts = (await readFile('/proc/self/mountinfo', 'utf8')).split('\n');
  return {
    processes: await processesOf(layout),
    mounts: mounts.filter((line) => line.includes(layout.folder)),
    links: links.map(({ ifname }) => ifname).filter((name) => name.startsWith(layout.bridge)),
    namespaces: await readdir('/run/netns').catch(() => []),
    firewall: await run('nft', ['list', 'ruleset']),
    cgroups: (await run('find', ['/sys/fs/cgroup', '-name', layout.cgroup])).split('\n').filter(Boolean),
    settings: await Promise.all(settings.map((name) => readFile(`/proc/sys/${name}`, 'utf8'))),
    folder: existsSync(layout.folder),
  };
}

/** By their command line, by what is mounted for them, or by the cgroup that pods' processes are in. */
async function processesOf(layout: Layout): Promise<readonly string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      const read = (file: string): Promise<string> => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '');
      const command = await read('cmdline');
      const about = [command, await read('mountinfo'), await read('cgroup')].join('\n');
      return about.includes(`${layout.folder}/`) || about.includes(`/${layout.cgroup}/`) ? [`${pid} ${command}`] : [];
    }),
  );
  return found.flat();
}
