import { writeFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { Model } from '@farled/sdk';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { startLoad } from './harness/load.ts';
import { replicaProcesses } from './harness/processes.ts';
import { deployment, devTestCompute, inference, SCORE, temporaryFolder } from './harness/sample.ts';
import { startServer, type TestServer } from './harness/server.ts';
import { until } from './harness/until.ts';

describe('an update under a load of 16 connections', () => {
  let server: TestServer;
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;

  beforeAll(async () => {
    server = await startServer();
    folder = await temporaryFolder();
    await devTestCompute(server.workspace);
  });

  afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
    await folder?.[Symbol.asyncDispose]();
  });

  async function register(text: string): Promise<Model> {
    const path = join(folder.path, text);
    await mkdir(path, { recursive: true });
    await writeFile(join(path, 'model.txt'), text);
    return Model.register(server.workspace, { modelPath: join(path, 'model.txt'), modelName: 'text' });
  }

  test('loses no request, whether the model, the script or the number of replicas changes', async () => {
    const config = deployment({ numReplicas: 2, replicaMaxConcurrentRequests: 16, maxRequestWaitTime: 10_000 });
    const service = await Model.deploy(
      server.workspace,
      'lossless',
      [await register('one')],
      await inference(folder.path, 'first', SCORE('A')),
      config,
      'myaks',
    );
    await service.waitForDeployment();
    const [key] = await service.getKeys();
    const before = service.serialize().deploymentStatus.replicas.map(({ id }) => id);
    expect(before).toHaveLength(2);

    const load = startLoad({ url: service.scoringUri, key, connections: 16, body: '{}' });
    await until('the first version answers', () => load.count('"A one"') > 50);

    await service.update({ models: [await register('two')] });
    await service.waitForDeployment();
    await until('the new model answers', () => load.count('"A two"') > 50);

    await service.update({ inferenceConfig: await inference(folder.path, 'second', SCORE('B')) });
    await service.waitForDeployment();
    await until('the new script answers', () => load.count('"B two"') > 50);

    await service.update({ numReplicas: 1 });
    await service.waitForDeployment();
    const { answers, failures } = await load.stop();

    expect(failures).toEqual([]);
    expect([...answers.keys()].toSorted()).toEqual(['"A one"', '"A two"', '"B two"']);
    const run = new URL(`file://${server.home}/run`).pathname;
    await until('the old replicas have ended', async () => (await replicaProcesses(run)).length === 1);
    expect((await replicaProcesses(run)).some((id) => before.includes(id))).toBe(false);
  }, 180_000);

  test('that fails leaves the version before it answering, and says why', async () => {
    const service = await Model.deploy(
      server.workspace,
      'careful',
      [await register('good')],
      await inference(folder.path, 'good', SCORE('G')),
      deployment({ replicaMaxConcurrentRequests: 16, maxRequestWaitTime: 10_000 }),
      'myaks',
    );
    await service.waitForDeployment();
    const [key] = await service.getKeys();
    const load = startLoad({ url: service.scoringUri, key, connections: 4, body: '{}' });

    await service.update({
      inferenceConfig: await inference(
        folder.path,
        'bad',
        'def init():\n    raise KeyError("no such column")\n\ndef run(raw):\n    return 1\n',
      ),
    });
    await expect(service.waitForDeployment()).rejects.toMatchObject({
      code: 'UserScriptInitFailed',
      message: expect.stringMatching(/no such column[\s\S]*goes on answering/),
    });
    const { answers, failures } = await load.stop();
    expect(failures).toEqual([]);
    expect([...answers.keys()]).toEqual(['"G good"']);
    expect(service.state).toBe('Failed');
    expect(await service.run('{}')).toBe('G good');
    expect(await service.getLogs()).toContain('no such column');

    await service.rollback();
    await service.waitForDeployment();
    expect(service.state).toBe('Healthy');
    expect(await service.getKeys()).toContain(key);
    await service.update({ inferenceConfig: await inference(folder.path, 'better', SCORE('H')) });
    await service.waitForDeployment();
    expect(await service.run('{}')).toBe('H good');
    for (const answer of ['G good', 'H good']) {
      await service.rollback();
      await service.waitForDeployment();
      expect(await service.run('{}')).toBe(answer);
    }
  }, 180_000);
});
