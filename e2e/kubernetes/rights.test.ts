import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { CLUSTER, routes } from '@farled/contract';
import { ComputeTarget, type KubernetesAttachOptions, KubernetesCompute, Model } from '@farled/sdk';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { Cluster } from '../cluster/cluster.ts';
import { attachOrStart, START_TIMEOUT_MS, whyNoCluster } from '../cluster/shared-cluster.ts';
import { startLoad } from '../harness/load.ts';
import { deployment, inference, SCORE, temporaryFolder, type TemporaryFolder } from '../harness/sample.ts';
import { ROOT, startServer, type TestServer } from '../harness/server.ts';
import { claimCluster } from './claim.ts';
import { get, installationIn, list, podsOf, sweep } from './objects.ts';
import { COMPUTE, expectNothingLeft, leaveCluster, registryVariables } from './server.ts';

const DEPLOYER = 'farled-test-deployer';
const installationOf = (yaml: string): string => /installation ([0-9a-f]{16})/.exec(yaml)?.[1] ?? '';

/** The administrator installs the routers; Farled may only deploy services, as the documentation's role says. */
describe.skipIf(whyNoCluster() !== undefined)('a Kubernetes whose administrator installs the routers', () => {
  let cluster: Cluster;
  let parts: AsyncDisposableStack;
  let server: TestServer;
  let folder: TemporaryFolder;
  let kubeconfig: string;

  beforeAll(async () => {
    cluster = await attachOrStart();
    await using started = new AsyncDisposableStack();
    started.use(await claimCluster(cluster));
    server = started.use(await startServer(registryVariables(cluster)));
    folder = started.use(await temporaryFolder());
    started.defer(async () => {
      await cluster.kubectl(['delete', 'serviceaccount', DEPLOYER, '--namespace=default', '--ignore-not-found']);
      await cluster.kubectl(['delete', 'clusterrolebinding', DEPLOYER, '--ignore-not-found']);
      await cluster.kubectl(['delete', 'clusterrole', 'farled-deployer', '--ignore-not-found']);
    });
    started.defer(async () => {
      // Of a test that failed: a credential that may not take routers away leaves them.
      if ((await get(cluster, 'namespace', CLUSTER.systemNamespace)) !== undefined) {
        await sweep(cluster, installationOf(await manifests()));
      }
    });
    started.defer(() => leaveCluster(server));
    await cluster.kubectl(['create', 'serviceaccount', DEPLOYER, '--namespace=default']);
    kubeconfig = await kubeconfigOfDeployer();
    parts = started.move();
  }, START_TIMEOUT_MS);

  afterAll(async () => {
    await parts?.disposeAsync();
  });

  async function kubeconfigOfDeployer(): Promise<string> {
    const token = (await cluster.kubectl(['create', 'token', DEPLOYER, '--namespace=default'])).trim();
    const view = await cluster.kubectl(['config', 'view', '--raw', '--minify', '--output=json']);
    const config = JSON.parse(view) as { users: { name: string; user: object }[] };
    return JSON.stringify({ ...config, users: config.users.map(({ name }) => ({ name, user: { token } })) });
  }

  const attach = async (options: KubernetesAttachOptions): Promise<ComputeTarget> => {
    const configuration = KubernetesCompute.attachConfiguration({
      clusterPurpose: 'DevTest',
      serviceType: 'NodePort',
      ...options,
    });
    const target = await ComputeTarget.attach(server.workspace, COMPUTE, configuration);
    await target.waitForCompletion();
    return target;
  };

  const manifests = async (): Promise<string> => {
    const { client, workspace } = server;
    const query = { clusterPurpose: 'DevTest', serviceType: 'NodePort' } as const;
    const params = { ...workspace.path, compute: COMPUTE };
    return (await client.call(routes.computes.manifests, { params, query })).yaml;
  };

  test('is refused while rights or routers are missing, and says both ways to go on', async () => {
    await expect(attach({ kubeconfig })).rejects.toMatchObject({ code: 'ClusterPermissionsMissing' });
    const page = await readFile(join(ROOT, 'docs', 'kubernetes.md'), 'utf8');
    const [, role = ''] = /```yaml\n(.*?)```/s.exec(page) ?? [];
    await cluster.kubectl(['apply', '--filename=-'], { input: role });
    const subject = `--serviceaccount=default:${DEPLOYER}`;
    await cluster.kubectl(['create', 'clusterrolebinding', DEPLOYER, '--clusterrole=farled-deployer', subject]);
    await expect(attach({ kubeconfig })).rejects.toMatchObject({
      code: 'ClusterPermissionsMissing',
      message: expect.stringMatching(/namespaces.*clusterroles/),
      suggestion: expect.stringMatching(/docs\/kubernetes\.md.*administrator.*farled kubernetes manifests/),
    });
    expect(await get(cluster, 'namespace', CLUSTER.systemNamespace)).toBeUndefined();
  }, 120_000);

  test('is attached with routers that are there, serves, and keeps them when it is detached', async () => {
    const yaml = await manifests();
    await cluster.kubectl(['apply', '--filename=-'], { input: yaml });
    const target = await attach({ kubeconfig });
    expect(target.scoringUrl).toMatch(/^http:/);
    const service = await Model.deploy(
      server.workspace,
      'modest',
      [await model('modest')],
      await inference(folder.path, 'modest', SCORE('M')),
      deployment({ numReplicas: 1 }),
      COMPUTE,
    );
    await service.waitForDeployment();
    expect(await service.run('{}')).toBe('M modest');
    await service.delete();
    await target.detach();
    expect(await installationIn(cluster)).toBeUndefined();
    expect(await get(cluster, 'deployment', CLUSTER.router, `--namespace=${CLUSTER.systemNamespace}`)).toBeDefined();
  }, 240_000);

  test('is attached again by who may do more: routers and services become what is said then, without a loss', async () => {
    const installation = installationOf(await manifests());
    await attach({ kubeconfig });
    const [node] = (await list(cluster, 'nodes')).toReversed();
    const name = node?.metadata.name ?? '';
    const service = await Model.deploy(
      server.workspace,
      'mover',
      [await model('mover')],
      await inference(folder.path, 'mover', SCORE('M')),
      deployment({ numReplicas: 2 }),
      COMPUTE,
    );
    await service.waitForDeployment();
    const [key] = await service.getKeys();
    const load = startLoad({ url: service.scoringUri, key, connections: 2, body: '{}' });

    const nodeSelector = { 'kubernetes.io/hostname': name };
    const again = await attach({ kubeconfigPath: cluster.kubeconfig, placement: { nodeSelector } });
    expect(again.serialize()).toMatchObject({ provisioningState: 'Succeeded', placement: { nodeSelector } });
    const nodes = async (): Promise<readonly string[]> =>
      (await podsOf(cluster, 'mover')).map(({ spec }) => spec?.nodeName as string);
    await expect.poll(nodes, { timeout: 90_000, interval: 1000 }).toEqual([name, name]);

    await attach({ kubeconfigPath: cluster.kubeconfig, placement: { nodeSelector: { pool: 'none' } } });
    const state = async (): Promise<string> => {
      await service.refresh();
      return service.state;
    };
    await expect.poll(state, { timeout: 60_000, interval: 1000 }).toBe('Unschedulable');
    expect(await service.run('{}')).toBe('M mover');
    await attach({ kubeconfigPath: cluster.kubeconfig });
    await expect.poll(state, { timeout: 60_000, interval: 1000 }).toBe('Healthy');
    expect(await load.stop()).toMatchObject({ failures: [] });

    await service.delete();
    await (await ComputeTarget.get(server.workspace, COMPUTE)).detach();
    await expectNothingLeft(cluster, installation);
  }, 420_000);

  async function model(name: string): Promise<Model> {
    const modelPath = join(folder.path, 'model.txt');
    await writeFile(modelPath, name);
    return Model.register(server.workspace, { modelPath, modelName: name });
  }
});
