import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { createEnvironments } from '@farled/controller';
import { readInferenceConfig } from '@farled/sdk';
import { silentLogger, systemClock } from '@farled/service';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';

import type { Cluster } from '../cluster/cluster.ts';
import { attachOrStart, START_TIMEOUT_MS, whyNoCluster } from '../cluster/shared-cluster.ts';
import { ROOT, startServer, type TestServer } from '../harness/server.ts';
import { claimCluster } from './claim.ts';
import { get, installationIn, list, nameOf, podsOf } from './objects.ts';
import { expectNothingLeft, leaveCluster, registryVariables } from './server.ts';

const EXAMPLE = join(ROOT, 'examples', 'diabetes');
const BIN = join(ROOT, 'node_modules', '.bin');
const ROWS = '[[1, 2, 3, 4, 5, 6, 7, 8, 9, 10], [10, 9, 8, 7, 6, 5, 4, 3, 2, 1]]';
const PREDICT = `
import joblib, sys
print(joblib.load(sys.argv[1]).predict(${ROWS}).tolist())
`;

/** The documentation's own steps, on a cluster: a model that scikit-learn trained, predicted with there. */
describe.skipIf(whyNoCluster() !== undefined)('the seed on a Kubernetes', () => {
  let cluster: Cluster;
  let parts: AsyncDisposableStack;
  let server: TestServer;
  let folder: string;
  let expected: unknown;

  beforeAll(async () => {
    cluster = await attachOrStart();
    await using started = new AsyncDisposableStack();
    started.use(await claimCluster(cluster));
    server = started.use(await startServer(registryVariables(cluster)));
    started.defer(() => leaveCluster(server));
    folder = await mkdtemp(join(tmpdir(), 'farled-seed-'));
    started.defer(() => rm(folder, { recursive: true, force: true }));
    for (const file of ['score.py', 'inferenceconfig.json', 'deploymentconfig.json']) {
      await copyFile(join(EXAMPLE, file), join(folder, file));
    }
    const python = await localPython();
    await promisify(execFile)(python, [join(EXAMPLE, 'train.py'), folder]);
    const model = join(folder, 'sklearn_regression_model.pkl');
    expected = JSON.parse((await promisify(execFile)(python, ['-c', PREDICT, model])).stdout);
    await server.workspace.writeConfig({ path: folder });
    parts = started.move();
  }, START_TIMEOUT_MS);

  afterAll(async () => {
    await parts?.disposeAsync();
  });

  /** The environment of the sample, on this machine. */
  async function localPython(): Promise<string> {
    const { environment } = await readInferenceConfig(join(folder, 'inferenceconfig.json'));
    const environments = createEnvironments({
      folder: server.environment['FARLED_ENVIRONMENTS'] ?? '',
      toolsFolder: join(server.home, 'tools'),
      clock: systemClock,
      log: silentLogger,
      realServer: false,
    });
    const built = await environments.ensure({
      definition: environment.toDefinition(),
      sourceDirectory: folder,
      pythonPolicy: 'nearest',
      log: () => {},
      signal: AbortSignal.timeout(300_000),
    });
    return built.python;
  }

  /** What the command printed; an error with all that it said when it fails. */
  async function farled(...args: string[]): Promise<string> {
    const env = { ...process.env, ...server.environment, PATH: `${BIN}:${process.env['PATH']}` };
    const child = spawn('farled', args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let printed = '';
    let said = '';
    child.stdout.on('data', (chunk) => (printed += chunk));
    child.stderr.on('data', (chunk) => (said += chunk));
    const [code] = (await once(child, 'close')) as [number | null];
    if (code !== 0) {
      throw new Error(`farled ${args.join(' ')} ended with ${code}: ${printed}${said}`);
    }
    return printed;
  }

  const score = (uri: string, key: string): Promise<Response> =>
    fetch(uri, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
      body: `{"data": ${ROWS}}`,
    });

  test('runs as command lines, predicts as scikit-learn does, and leaves nothing behind', async () => {
    const foreign = ['configmap', `foreign-${process.pid}`, '--namespace=default'] as const;
    await cluster.kubectl(['create', ...foreign, '--from-literal=whose=others']);
    onTestFinished(async () => {
      await cluster.kubectl(['delete', ...foreign]);
    });
    const untouched = await get(cluster, ...foreign);
    const attach = ['--kubeconfig', cluster.kubeconfig, '--cluster-purpose', 'DevTest', '--service-type', 'NodePort'];
    await farled('computetarget', 'attach', 'kubernetes', '-n', 'myk8s', ...attach);
    const installation = await installationIn(cluster);
    expect(installation).toMatch(/^[0-9a-f]{16}$/);

    await farled('model', 'register', '-n', 'mymodel', '-p', 'sklearn_regression_model.pkl');
    const files = ['-ic', 'inferenceconfig.json', '-dc', 'deploymentconfig.json'];
    await farled('model', 'deploy', '-ct', 'myk8s', '-m', 'mymodel:1', '-n', 'myservice', ...files);
    const service = JSON.parse(await farled('service', 'show', '-n', 'myservice', '-o', 'json'));
    expect(service).toMatchObject({ state: 'Healthy', computeName: 'myk8s' });
    const objects = await list(
      cluster,
      'deployments,services,secrets,networkpolicies,poddisruptionbudgets',
      '--all-namespaces',
      '--selector=farled.dev/service=myservice',
    );
    expect(objects.map(nameOf).toSorted()).toEqual([
      'Deployment/default/myservice',
      'NetworkPolicy/default/myservice',
      'PodDisruptionBudget/default/myservice',
      'Secret/farled-system/default.myservice',
      'Service/default/myservice',
    ]);

    const input = ['-d', `{"data": ${ROWS}}`];
    expect(JSON.parse(await farled('service', 'run', '-n', 'myservice', ...input))).toEqual(expected);
    const { primaryKey } = JSON.parse(await farled('service', 'get-keys', '-n', 'myservice', '-o', 'json'));
    const answered = await score(service.scoringUri, primaryKey);
    expect(answered.status).toBe(200);
    expect(await answered.json()).toEqual(expected);
    expect((await score(service.scoringUri, 'wrong')).status).toBe(401);
    expect(await farled('service', 'get-logs', '-n', 'myservice')).toMatch(/Loaded \S+mymodel\S+[\s\S]*Scored 2 rows/);

    const [before] = await podsOf(cluster, 'myservice');
    const script = await readFile(join(folder, 'score.py'), 'utf8');
    await writeFile(join(folder, 'score.py'), script.replace('.tolist()', '.tolist()[::-1]'));
    await farled('service', 'update', '-n', 'myservice', '-ic', 'inferenceconfig.json');
    const reversed = JSON.parse(await farled('service', 'run', '-n', 'myservice', ...input));
    expect(reversed).toEqual((expected as number[]).toReversed());
    const after = await podsOf(cluster, 'myservice');
    expect(after.map(({ metadata }) => metadata.uid)).not.toContain(before?.metadata.uid);

    await farled('service', 'delete', '-n', 'myservice');
    expect(await podsOf(cluster, 'myservice')).toEqual([]);
    expect((await score(service.scoringUri, primaryKey)).status).toBe(404);
    await farled('computetarget', 'detach', '-n', 'myk8s');
    expect(await get(cluster, 'namespace', 'farled-system')).toBeUndefined();
    await expectNothingLeft(cluster, installation);
    expect(await get(cluster, ...foreign)).toEqual(untouched);
  }, 420_000);
});
