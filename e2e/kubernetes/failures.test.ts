import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { CLUSTER } from '@farled/contract';
import { type AksWebservice, type DeployConfigurationParameters, type InferenceConfig, Model } from '@farled/sdk';
import { afterAll, beforeAll, describe, test } from 'vitest';

import type { Cluster } from '../cluster/cluster.ts';
import { attachOrStart, START_TIMEOUT_MS, whyNoCluster } from '../cluster/shared-cluster.ts';
import { startLoad } from '../harness/load.ts';
import { deployment, inference, SCORE, temporaryFolder, type TemporaryFolder } from '../harness/sample.ts';
import { get, list, nameOf, podsOf } from './objects.ts';
import { type AttachedServer, COMPUTE, startAttached } from './server.ts';

const RAISES =
  'def init():\n    print("looking for it")\n    raise KeyError("no such column")\n\ndef run(raw):\n    return 1\n';
const TOO_LARGE = 'def init():\n    global much\n    much = bytearray(3 * 1024**3)\n\ndef run(raw):\n    return 1\n';

/** Kubernetes waits longer before each restart, so failures that need three ends take half a minute: they wait together. */
describe.skipIf(whyNoCluster() !== undefined).concurrent('a deployment that fails on a Kubernetes', () => {
  let cluster: Cluster;
  let parts: AsyncDisposableStack;
  let attached: AttachedServer;
  let folder: TemporaryFolder;

  beforeAll(async () => {
    cluster = await attachOrStart();
    await using started = new AsyncDisposableStack();
    attached = started.use(await startAttached(cluster));
    folder = started.use(await temporaryFolder());
    parts = started.move();
  }, START_TIMEOUT_MS);

  afterAll(async () => {
    await parts?.disposeAsync();
  });

  async function deploy(
    name: string,
    config: InferenceConfig,
    parameters: DeployConfigurationParameters = {},
  ): Promise<AksWebservice> {
    const { workspace } = attached.server;
    const path = join(folder.path, `model-${name}`);
    await mkdir(path, { recursive: true });
    await writeFile(join(path, 'model.txt'), name);
    const model = await Model.register(workspace, { modelPath: join(path, 'model.txt'), modelName: name });
    return Model.deploy(workspace, name, [model], config, deployment({ numReplicas: 1, ...parameters }), COMPUTE);
  }

  const objectsOf = async (service: string): Promise<readonly string[]> => {
    const kinds = 'deployments,services,secrets,networkpolicies,poddisruptionbudgets,replicasets,pods';
    const found = await list(cluster, kinds, '--all-namespaces', `--selector=${CLUSTER.serviceLabel}=${service}`);
    return found.filter(({ metadata }) => metadata.deletionTimestamp === undefined).map(nameOf);
  };

  test('as an update leaves the version before it answering, and says why with the traceback', async ({ expect }) => {
    // Whoever is busy starting the failing replica may keep a request waiting, but no one is turned away.
    const config = await inference(folder.path, 'careful', SCORE('G'));
    const service = await deploy('careful', config, { maxRequestWaitTime: 60_000 });
    await service.waitForDeployment();
    const before = await podsOf(cluster, 'careful');
    const [key] = await service.getKeys();
    const load = startLoad({ url: service.scoringUri, key, connections: 2, body: '{}' });

    await service.update({ inferenceConfig: await inference(folder.path, 'raises', RAISES) });
    await expect(service.waitForDeployment()).rejects.toMatchObject({
      code: 'UserScriptInitFailed',
      message: expect.stringMatching(/Traceback[\s\S]*KeyError: 'no such column'[\s\S]*goes on answering/),
    });
    const { answers, failures } = await load.stop();
    expect(failures).toEqual([]);
    expect([...answers.keys()]).toEqual(['"G careful"']);
    expect(service.state).toBe('Failed');
    expect(service.error?.message).toContain('What was deployed before goes on answering.');
    expect(await service.run('{}')).toBe('G careful');
    const uids = async (): Promise<readonly string[]> =>
      (await podsOf(cluster, 'careful')).map(({ metadata }) => metadata.uid);
    await expect.poll(uids, { timeout: 20_000 }).toEqual(before.map(({ metadata }) => metadata.uid));
    // The replica that wrote them is gone.
    expect(await service.getLogs()).toMatch(/looking for it[\s\S]*no such column/);

    await service.update({ inferenceConfig: await inference(folder.path, 'mended', SCORE('M')) });
    await service.waitForDeployment();
    expect(service.state).toBe('Healthy');
    expect(await service.run('{}')).toBe('M careful');
    expect(await service.getLogs()).not.toContain('no such column');
  }, 240_000);

  test('as the first one keeps its logs to read, and nothing else', async ({ expect }) => {
    const service = await deploy('hopeless', await inference(folder.path, 'hopeless', RAISES));
    await expect(service.waitForDeployment()).rejects.toMatchObject({
      code: 'UserScriptInitFailed',
      message: expect.stringContaining("KeyError: 'no such column'"),
    });
    expect(service.state).toBe('Failed');
    await expect.poll(() => objectsOf('hopeless'), { timeout: 20_000 }).toEqual([]);
    expect(await service.getLogs()).toMatch(/looking for it[\s\S]*no such column/);
  }, 240_000);

  test('for want of memory says what the limit was', async ({ expect }) => {
    const config = await inference(folder.path, 'toolarge', TOO_LARGE);
    const service = await deploy('toolarge', config, { memoryGb: 0.25 });
    await expect(service.waitForDeployment()).rejects.toMatchObject({
      code: 'ReplicaOutOfMemory',
      message: expect.stringMatching(/more memory than its limit, 256 MB/),
    });
  }, 240_000);

  test('because its base image is not there says so before anything is started', async ({ expect }) => {
    const config = await inference(folder.path, 'baseless', SCORE('B'));
    const missing = `${cluster.registry.host}/base/none`;
    config.environment.docker.baseImage = `${missing}:1`;
    const service = await deploy('baseless', config);
    await expect(service.waitForDeployment()).rejects.toMatchObject({
      code: 'ImageNotFound',
      message: expect.stringContaining(missing),
    });
    expect(await objectsOf('baseless')).toEqual([]);
  }, 120_000);

  test('in a namespace that is not there says how to make it', async ({ expect }) => {
    const config = await inference(folder.path, 'astray', SCORE('A'));
    const service = await deploy('astray', config, { namespace: 'nowhere' });
    await expect(service.waitForDeployment()).rejects.toMatchObject({
      code: 'NamespaceNotFound',
      message: expect.stringContaining('"nowhere"'),
      suggestion: expect.stringContaining('kubectl create namespace nowhere'),
    });
    expect(await objectsOf('astray')).toEqual([]);
  }, 120_000);

  test('against a quota says which', async ({ expect }) => {
    const namespace = `quota-${process.pid}`;
    await cluster.kubectl(['create', 'namespace', namespace]);
    try {
      await cluster.kubectl(['create', 'quota', 'small', '--hard=requests.memory=100Mi', `--namespace=${namespace}`]);
      const service = await deploy('large', await inference(folder.path, 'large', SCORE('L')), { namespace });
      await expect(service.waitForDeployment()).rejects.toMatchObject({
        code: 'OutOfQuota',
        message: expect.stringMatching(/exceeded quota: small.*requests\.memory=100Mi/),
      });
      await expect.poll(() => objectsOf('large'), { timeout: 20_000 }).toEqual([]);
    } finally {
      await cluster.kubectl(['delete', 'namespace', namespace]);
    }
  }, 240_000);

  test('because a name is taken does not touch what has it', async ({ expect }) => {
    const foreign = ['deployment', 'taken', '--namespace=default'] as const;
    await cluster.kubectl(['create', ...foreign, `--image=${cluster.registry.baseImage}`, '--replicas=0']);
    try {
      const before = await get(cluster, ...foreign);
      const service = await deploy('taken', await inference(folder.path, 'taken', SCORE('T')));
      await expect(service.waitForDeployment()).rejects.toMatchObject({
        code: 'KubernetesObjectTaken',
        message: expect.stringMatching(/Deployment "taken" in namespace "default".*Farled did not make it/),
      });
      await service.delete();
      const after = await get(cluster, ...foreign);
      expect(after?.metadata.uid).toBe(before?.metadata.uid);
      expect(after?.metadata.labels).toEqual(before?.metadata.labels);
      expect(after?.spec).toEqual(before?.spec);
      expect(await objectsOf('taken')).toEqual([]);
    } finally {
      await cluster.kubectl(['delete', ...foreign]);
    }
  }, 120_000);
});
