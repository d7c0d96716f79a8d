import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';

import { connectKubernetes, KINDS, parseKubeconfig, startInformer } from '@farled/kubernetes';
import type { ConfigMap, Connection, KubernetesClient, KubernetesObject, Pod } from '@farled/kubernetes';
import { silentLogger, systemClock } from '@farled/service';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';

import type { Cluster } from './cluster/cluster.ts';
import { attachOrStart, START_TIMEOUT_MS, whyNoCluster } from './cluster/shared-cluster.ts';
import { openPass } from './harness/pass.ts';
import { until } from './harness/until.ts';

const parts = { clock: systemClock, log: silentLogger };
const signal = new AbortController().signal;

describe.skipIf(whyNoCluster() !== undefined)('the client, with a real API server', () => {
  const namespace = `client-${process.pid}`;
  let cluster: Cluster;
  let connection: Connection;
  let client: KubernetesClient;

  beforeAll(async () => {
    cluster = await attachOrStart();
    ({ connection } = parseKubeconfig(await readFile(cluster.kubeconfig, 'utf8')));
    client = connectKubernetes(connection, parts);
    await client.apply(KINDS.namespace, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }, signal);
  }, START_TIMEOUT_MS);

  afterAll(async () => {
    await client.delete(KINDS.namespace, { name: namespace }, signal);
    await client[Symbol.asyncDispose]();
  });

  function configMap(name: string, data: Record<string, string> = {}): ConfigMap {
    return {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name, namespace, labels: { of: name.split('-')[0] ?? '' } },
      data,
    };
  }

  async function following(source: KubernetesClient = client) {
    const told: string[] = [];
    const informer = startInformer(
      source,
      KINDS.configMap,
      { namespace, labelSelector: 'of' },
      (before, after) => told.push(`${before?.metadata.name ?? ''}>${after?.metadata.name ?? ''}`),
      parts,
    );
    onTestFinished(() => informer[Symbol.asyncDispose]());
    await informer.synced(signal);
    return { informer, told };
  }

  test('the version is one that Farled knows', async () => {
    const version = await client.version(signal);
    expect(version.major).toBe(1);
    expect(version.minor).toBeGreaterThanOrEqual(30);
  });

  test('an object is applied, read, patched, replaced in turn, and deleted', async () => {
    const key = { namespace, name: 'one' };
    expect(await client.get(KINDS.configMap, key, signal)).toBeUndefined();
    await client.apply(KINDS.configMap, configMap('one', { a: '1', b: '1' }), signal);
    const applied = await client.apply(KINDS.configMap, configMap('one', { a: '2' }), signal);
    // What is ours and not named any more is gone.
    expect(applied.data).toEqual({ a: '2' });
    await client.patch(KINDS.configMap, key, { data: { c: '3' } }, signal);
    expect((await client.get(KINDS.configMap, key, signal))?.data).toEqual({ a: '2', c: '3' });
    await expect(client.replace(KINDS.configMap, applied, signal)).rejects.toMatchObject({
      code: 'Conflict',
      status: 409,
    });
    await expect(client.create(KINDS.configMap, configMap('one'), signal)).rejects.toMatchObject({
      code: 'AlreadyExists',
    });
    await client.delete(KINDS.configMap, key, signal);
    await client.delete(KINDS.configMap, key, signal);
    expect(await client.get(KINDS.configMap, key, signal)).toBeUndefined();
  });

  test('what the API server refuses it explains, without the secrets that it quotes', async () => {
    const wrong = { ...configMap('Wrong_Name'), metadata: { namespace, name: 'w', labels: { a: 'not a label!' } } };
    await expect(client.create(KINDS.configMap, wrong, signal)).rejects.toMatchObject({
      code: 'Invalid',
      message: expect.stringContaining(`Could not create ConfigMap ${namespace}/w: `),
    });
    const secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { namespace, name: 's' },
      type: 'hunter2',
      data: { 'not a key': 'aHVudGVyMg==' },
    };
    const error: unknown = await client.create(KINDS.secret, secret, signal).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'Invalid' });
    expect(JSON.stringify(error) + String(error)).not.toMatch(/hunter2|aHVudGVyMg/);
  });

  test('1,200 objects are listed in pages, copied, and their end is told', { timeout: 180_000 }, async () => {
    const names = Array.from({ length: 1200 }, (_, index) => `many-${String(index).padStart(4, '0')}`);
    const { informer, told } = await following();
    await Promise.all(names.map((name) => client.apply(KINDS.configMap, configMap(name, { name }), signal)));
    const listed = await client.list(KINDS.configMap, { namespace, labelSelector: 'of=many' }, signal);
    expect(listed.map(({ kind, metadata }) => `${kind} ${metadata.name}`).toSorted()).toEqual(
      names.map((name) => `ConfigMap ${name}`),
    );
    await until('the copy has them', () => informer.size >= 1200);
    const { informer: late } = await following();
    expect(late.size).toBe(informer.size);
    expect(late.get(namespace, 'many-0700')?.data).toEqual({ name: 'many-0700' });
    expect(late.get(namespace, 'many-0700')?.metadata).not.toHaveProperty('managedFields');
    await Promise.all(names.map((name) => client.delete(KINDS.configMap, { namespace, name }, signal)));
    await until('both copies lost them', () => informer.size + late.size === 0);
    expect(told.filter((change) => change.startsWith('>many')).length).toBe(1200);
    expect(told.filter((change) => change.endsWith('>')).length).toBe(1200);
  });

  test('a copy goes on after an outage of the network', async () => {
    const { hostname } = new URL(connection.server);
    await using cut = await openPass(new URL(connection.server));
    const server = `https://127.0.0.1:${cut.port}`;
    const way = connectKubernetes({ ...connection, server, tlsServerName: hostname }, parts);
    onTestFinished(() => way[Symbol.asyncDispose]());
    const { informer, told } = await following(way);
    await client.apply(KINDS.configMap, configMap('cut-1'), signal);
    await until('it was told', () => told.length === 1);
    cut.close();
    await until('it is known', () => !informer.current);
    await client.apply(KINDS.configMap, configMap('cut-2'), signal);
    await client.delete(KINDS.configMap, { namespace, name: 'cut-1' }, signal);
    await expect(way.get(KINDS.configMap, { namespace, name: 'cut-2' }, AbortSignal.timeout(500))).rejects.toThrow();
    expect(informer.get(namespace, 'cut-1')).toBeDefined();
    cut.open();
    await until('it caught up', () => informer.current && told.length === 3);
    expect(told).toEqual(['>cut-1', '>cut-2', 'cut-1>']);
    await client.delete(KINDS.configMap, { namespace, name: 'cut-2' }, signal);
  });

  test('what a credential lacks is told, and what it must not do is refused', async () => {
    const all = [
      { verb: 'create', group: 'apps', resource: 'deployments', namespace },
      { verb: 'get', group: '', resource: 'pods', subresource: 'log', namespace },
      { verb: 'list', group: '', resource: 'nodes' },
    ];
    expect(await client.missing(all, signal)).toEqual([]);
    const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { namespace, name: 'weak' } };
    await client.apply(KINDS.serviceAccount, account, signal);
    const role = {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata: { namespace, name: 'weak' },
      rules: [{ apiGroups: [''], resources: ['pods/log'], verbs: ['get'] }],
    };
    const binding = {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: { namespace, name: 'weak' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'weak' },
      subjects: [{ kind: 'ServiceAccount', namespace, name: 'weak' }],
    };
    await client.apply(KINDS.role, role as KubernetesObject, signal);
    await client.apply(KINDS.roleBinding, binding as KubernetesObject, signal);
    const token = (await cluster.kubectl(['create', 'token', 'weak', `--namespace=${namespace}`])).trim();
    await using weak = connectKubernetes({ ...connection, credential: { kind: 'token', token } }, parts);
    await until('the role counts', async () => (await weak.missing(all, signal)).length === 2);
    expect((await weak.missing(all, signal)).map(({ resource }) => resource)).toEqual(['deployments', 'nodes']);
    await expect(weak.list(KINDS.node, {}, signal)).rejects.toMatchObject({
      code: 'Forbidden',
      message: expect.stringContaining('Could not list nodes: nodes is forbidden: User "system:serviceaccount:'),
    });
    await using wrong = connectKubernetes({ ...connection, credential: { kind: 'token', token: 'x' } }, parts);
    await expect(wrong.list(KINDS.node, {}, signal)).rejects.toMatchObject({ code: 'Unauthorized', status: 401 });
    await using stranger = connectKubernetes({ ...connection, certificateAuthority: null }, parts);
    await expect(stranger.version(signal)).rejects.toMatchObject({
      message: expect.stringContaining("can't be trusted"),
    });
  });

  test('the log of a pod is read, and followed to its end', { timeout: 180_000 }, async () => {
    const script = 'import time\nfor n in range(40):\n  print("Zeile", n, "größer", flush=True); time.sleep(0.05)';
    const pod: Pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { namespace, name: 'talker' },
      spec: {
        restartPolicy: 'Never',
        terminationGracePeriodSeconds: 0,
        containers: [{ name: 'main', image: cluster.registry.baseImage, command: ['python3', '-c', script] }],
      },
    };
    await client.apply(KINDS.pod, pod, signal);
    const phase = async (): Promise<string | undefined> =>
      (await client.get(KINDS.pod, { namespace, name: 'talker' }, signal))?.status?.phase;
    await until('it runs', async () => ['Running', 'Succeeded'].includes((await phase()) ?? ''), 120_000);
    const followed: string[] = [];
    for await (const line of client.logs({ namespace, name: 'talker' }, { container: 'main', follow: true }, signal)) {
      followed.push(line);
    }
    expect(followed).toEqual(Array.from({ length: 40 }, (_, n) => `Zeile ${n} größer`));
    const tail: string[] = [];
    for await (const line of client.logs({ namespace, name: 'talker' }, { tailLines: 2 }, signal)) {
      tail.push(line);
    }
    expect(tail).toEqual(['Zeile 38 größer', 'Zeile 39 größer']);
    await expect(
      client.logs({ namespace, name: 'nobody' }, {}, signal)[Symbol.asyncIterator]().next(),
    ).rejects.toMatchObject({
      code: 'NotFound',
    });
  });

  test(
    'of three processes one leads, whether its leader leaves, dies or is stopped for a while',
    { timeout: 180_000 },
    async () => {
      const kubeconfig = await readFile(cluster.kubeconfig, 'utf8');
      const candidates = ['a', 'b', 'c'].map((name) => startCandidate({ name, namespace, kubeconfig }));
      const leading = () => candidates.filter((one) => one.said?.leads === true);
      const nextLeader = async (than: readonly Candidate[]): Promise<Candidate> => {
        await until('there is a leader', () => leading().some((one) => !than.includes(one)));
        const [leader] = leading().filter((one) => !than.includes(one));
        if (leader === undefined) {
          throw new Error('The leader is gone again.');
        }
        return leader;
      };
      const first = await nextLeader([]);
      expect(leading()).toHaveLength(1);
      // It gives up its lease: nobody waits for it to run out.
      const left = performance.now();
      first.process.kill('SIGTERM');
      const second = await nextLeader([first]);
      expect(performance.now() - left).toBeLessThan(4000);
      expect(second.said?.term).toBeGreaterThan(first.said?.term ?? 0);
      // Stopped, it can't know; when it goes on, its first word is that it leads no more.
      second.process.kill('SIGSTOP');
      const third = await nextLeader([first, second]);
      second.heard.length = 0;
      second.process.kill('SIGCONT');
      await until('it goes on', () => second.heard.length > 0);
      expect(second.heard[0]?.leads).toBe(false);
      expect(third.said?.leads).toBe(true);
      third.process.kill('SIGKILL');
      await until('the one that was stopped leads', () => second.said?.leads === true);
      expect(second.said?.term).toBeGreaterThan(third.said?.term ?? 0);
    },
  );

  test.runIf(process.env['FARLED_SOAK'])(
    'the API server is killed and comes back: calls wait for it, copies go on',
    { timeout: 300_000 },
    async () => {
      const { informer, told } = await following();
      await cluster.stopApiServer();
      await until('it is known', () => !informer.current);
      const applying = client.apply(KINDS.configMap, configMap('back-1'), signal);
      await cluster.startApiServer();
      await applying;
      await until('it goes on', () => informer.current && told.includes('>back-1'), 120_000);
    },
  );
});

interface Word {
  readonly leads: boolean;
  readonly term: number;
}

interface Candidate {
  readonly process: ReturnType<typeof spawn>;
  readonly heard: Word[];
  readonly said: Word | undefined;
}

/** Says twenty times a second whether it leads; leaves the election on SIGTERM. */
const CANDIDATE = `
import { connectKubernetes, parseKubeconfig, startElection } from '@farled/kubernetes';
import { silentLogger as log, systemClock as clock } from '@farled/service';
const { name, namespace, kubeconfig } = JSON.parse(process.env.CANDIDATE);
const client = connectKubernetes(parseKubeconfig(kubeconfig).connection, { clock, log });
const election = startElection({
  client, namespace, name: 'election', identity: name, clock, log, changed: () => {},
  durationSeconds: 5, renewDeadlineSeconds: 3, retrySeconds: 1,
});
setInterval(() => console.log(JSON.stringify({ leads: election.leads(), term: election.term })), 50);
process.on('SIGTERM', async () => { await election[Symbol.asyncDispose](); process.exit(0); });
`;

function startCandidate(who: {
  readonly name: string;
  readonly namespace: string;
  readonly kubeconfig: string;
}): Candidate {
  const child = spawn(process.execPath, ['--conditions=@farled/source', '--input-type=module', '-e', CANDIDATE], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, CANDIDATE: JSON.stringify(who) },
  });
  const heard: Word[] = [];
  let said: Word | undefined;
  createInterface({ input: child.stdout }).on('line', (line) => {
    said = JSON.parse(line) as Word;
    heard.push(said);
  });
  let gone = false;
  child.on('exit', () => {
    gone = true;
  });
  onTestFinished(async () => {
    if (!gone) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  });
  return {
    process: child,
    heard,
    get said() {
      return gone && said !== undefined ? { ...said, leads: false } : said;
    },
  };
}
