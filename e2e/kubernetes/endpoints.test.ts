import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { AksEndpoint, Model } from '@farled/sdk';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { attachOrStart, START_TIMEOUT_MS, whyNoCluster } from '../cluster/shared-cluster.ts';
import { startLoad } from '../harness/load.ts';
import { inference, SCORE, type TemporaryFolder, temporaryFolder } from '../harness/sample.ts';
import { until } from '../harness/until.ts';
import { list } from './objects.ts';
import { type AttachedServer, COMPUTE, startAttached } from './server.ts';

describe.skipIf(whyNoCluster() !== undefined)('an endpoint on a Kubernetes', () => {
  let attached: AttachedServer;
  let folder: TemporaryFolder;

  beforeAll(async () => {
    attached = await startAttached(await attachOrStart());
    folder = await temporaryFolder();
  }, START_TIMEOUT_MS);

  afterAll(async () => {
    await folder?.[Symbol.asyncDispose]();
    await attached?.[Symbol.asyncDispose]();
  });

  const secrets = () =>
    list(attached.cluster, 'secrets', '--namespace=farled-system', '--selector=farled.dev/role=endpoint');

  test('shares its requests, also when somebody takes its Secret away, and leaves nothing behind', async () => {
    const { workspace } = attached.server;
    const path = join(folder.path, 'model');
    await mkdir(path, { recursive: true });
    await writeFile(join(path, 'model.txt'), 'one');
    const model = await Model.register(workspace, { modelPath: join(path, 'model.txt'), modelName: 'text' });
    const settings = { cpuCores: 0.1, memoryGb: 0.2, replicaMaxConcurrentRequests: 16, maxRequestWaitTime: 10_000 };
    const config = AksEndpoint.deployConfiguration({ ...settings, versionName: 'first', numReplicas: 1 });
    const inferenceConfig = await inference(folder.path, 'A', SCORE('A'));
    const endpoint = await Model.deploy(workspace, 'shared', [model], inferenceConfig, config, COMPUTE);
    await endpoint.waitForDeployment();
    await until('the routers know it', async () => (await endpoint.run('{}').catch(String)) === 'A one');

    const [key] = await endpoint.getKeys();
    const load = startLoad({ url: endpoint.scoringUri, key, connections: 4, body: '{}' });
    await endpoint.createVersion('second', {
      ...settings,
      numReplicas: 1,
      models: [model],
      inferenceConfig: await inference(folder.path, 'B', SCORE('B')),
      trafficPercentile: 50,
    });
    await endpoint.waitForDeployment();
    await until('both versions answer', () => load.count('"A one"') > 20 && load.count('"B one"') > 20);
    await endpoint.updateVersion('second', { isDefault: true, trafficPercentile: 100 });
    await endpoint.waitForDeployment();
    await endpoint.deleteVersion('first');
    await endpoint.waitForDeployment();
    const { failures } = await load.stop();
    expect(failures).toEqual([]);

    const [secret] = await secrets();
    const name = secret?.metadata.name ?? '';
    await attached.cluster.kubectl(['delete', 'secret', name, '--namespace=farled-system']);
    await until('the Secret is there again', async () => (await secrets()).length === 1);
    await until('it answers again', async () => (await endpoint.run('{}').catch(String)) === 'B one');

    await endpoint.delete();
    expect(await secrets()).toEqual([]);
  }, 180_000);
});
