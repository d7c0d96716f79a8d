import { writeFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { AksEndpoint, Model, Webservice } from '@farled/sdk';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { startLoad } from './harness/load.ts';
import { replicaProcesses } from './harness/processes.ts';
import { deployment, devTestCompute, inference, SCORE, temporaryFolder } from './harness/sample.ts';
import { startServer, type TestServer } from './harness/server.ts';
import { until } from './harness/until.ts';

const BUSY = { replicaMaxConcurrentRequests: 16, maxRequestWaitTime: 10_000 } as const;
const BROKEN = 'def init():\n    raise KeyError("no such column")\n\ndef run(raw):\n    return 1\n';

describe('an endpoint', () => {
  let server: TestServer;
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let model: Model;
  let endpoint: AksEndpoint;

  beforeAll(async () => {
    server = await startServer();
    folder = await temporaryFolder();
    await devTestCompute(server.workspace);
    const path = join(folder.path, 'model');
    await mkdir(path, { recursive: true });
    await writeFile(join(path, 'model.txt'), 'one');
    model = await Model.register(server.workspace, { modelPath: join(path, 'model.txt'), modelName: 'text' });
  });

  afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
    await folder?.[Symbol.asyncDispose]();
  });

  const script = (mark: string) => inference(folder.path, mark, SCORE(mark));

  /** Answers of so many requests, counted; each with the user that it is of in a header. */
  async function answers(count: number, user: (index: number) => string = String): Promise<Map<string, number>> {
    const [key] = await endpoint.getKeys();
    const seen = new Map<string, number>();
    for (let index = 0; index < count; index += 1) {
      const response = await fetch(endpoint.scoringUri, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'x-user-id': user(index) },
        body: '{}',
      });
      const text = (await response.json()) as string;
      seen.set(text, (seen.get(text) ?? 0) + 1);
    }
    return seen;
  }

  test('is deployed with its first version, which is its default and its control', async () => {
    const config = AksEndpoint.deployConfiguration({ ...BUSY, cpuCores: 0.1, memoryGb: 0.5, versionName: 'first' });
    endpoint = await Model.deploy(server.workspace, 'shared', [model], await script('A'), config, 'myaks');
    await endpoint.waitForDeployment();

    expect(endpoint.state).toBe('Healthy');
    expect(endpoint.versions['first']).toMatchObject({
      state: 'Healthy',
      isDefault: true,
      type: 'Control',
      trafficPercentile: 0,
      effectivePercentile: 100,
      models: ['text:1'],
    });
    expect(await endpoint.run('{}')).toBe('A one');
    expect(await endpoint.getLogs()).not.toBe('');
  }, 60_000);

  test('shares its name with no service, and is none', async () => {
    const again = script('A');
    await expect(
      Model.deploy(server.workspace, 'shared', [model], await again, deployment(), 'myaks'),
    ).rejects.toMatchObject({ code: 'EndpointAlreadyExists' });
    await expect(
      Model.deploy(server.workspace, 'shared', [model], await again, AksEndpoint.deployConfiguration(), 'myaks'),
    ).rejects.toMatchObject({ code: 'EndpointAlreadyExists' });
    expect(await Webservice.list(server.workspace)).toEqual([]);
    await expect(Webservice.get(server.workspace, 'shared')).rejects.toMatchObject({ code: 'ServiceNotFound' });
  });

  test('gives a second version its share once that answers, without a lost request', async () => {
    const [key] = await endpoint.getKeys();
    const load = startLoad({ url: endpoint.scoringUri, key, connections: 4, body: '{}' });
    await endpoint.createVersion('second', {
      inferenceConfig: await script('B'),
      models: [model],
      trafficPercentile: 40,
      ...BUSY,
    });
    expect(endpoint.versions['second']).toMatchObject({ trafficPercentile: 40, effectivePercentile: 0 });
    await endpoint.waitForDeployment();
    await until('both versions answer', () => load.count('"A one"') > 20 && load.count('"B one"') > 20);
    expect(endpoint.versions['first']?.effectivePercentile).toBe(60);

    await endpoint.update({ traffic: { second: 100 } });
    await endpoint.waitForDeployment();
    const answered = load.count('"A one"');
    await until('the second answers all', () => load.count('"B one"') > 100);
    // Those that were under way when it changed.
    expect(load.count('"A one"') - answered).toBeLessThanOrEqual(4);

    await endpoint.updateVersion('second', { inferenceConfig: await script('C') });
    await endpoint.waitForDeployment();
    await until('what it was updated to answers', () => load.count('"C one"') > 20);
    const { failures } = await load.stop();
    expect(failures).toEqual([]);
  }, 90_000);

  test('is scored by one version alone, whatever its share', async () => {
    expect(await endpoint.run('{}', { versionName: 'first' })).toBe('A one');
    expect(await endpoint.run('{}', { versionName: 'second' })).toBe('C one');
  });

  test('answers a user by the same version each time when a header says who asks', async () => {
    await endpoint.update({ traffic: { first: 50, second: 50 }, stickyHeader: 'X-User-Id' });
    await endpoint.waitForDeployment();
    for (const user of ['ada', 'grace', 'hedy', 'mary']) {
      expect([...(await answers(10, () => user)).keys()]).toHaveLength(1);
    }
    expect([...(await answers(60)).keys()].toSorted()).toEqual(['A one', 'C one']);
    await endpoint.update({ stickyHeader: null });
    await endpoint.waitForDeployment();
  });

  test('keeps its rules', async () => {
    await expect(endpoint.update({ traffic: { first: 51, second: 50 } })).rejects.toMatchObject({
      code: 'BadArgument',
      message: expect.stringContaining('101 percent'),
    });
    await expect(endpoint.updateVersion('third', { trafficPercentile: 1 })).rejects.toMatchObject({
      code: 'VersionNotFound',
      suggestion: 'It has: first, second.',
    });
    await expect(endpoint.deleteVersion('first')).rejects.toMatchObject({ code: 'VersionInUse' });
    await expect(
      endpoint.createVersion('second', { inferenceConfig: await script('B'), models: [model] }),
    ).rejects.toMatchObject({ code: 'VersionAlreadyExists' });
  });

  test('goes on as it was while a default version that does not come up is tried', async () => {
    await endpoint.createVersion('broken', {
      inferenceConfig: await inference(folder.path, 'broken', BROKEN),
      models: [model],
      isDefault: true,
    });
    await expect(endpoint.waitForDeployment()).rejects.toMatchObject({ code: 'UserScriptInitFailed' });
    expect(endpoint.state).toBe('Failed');
    expect([...(await answers(30)).keys()].toSorted()).toEqual(['A one', 'C one']);
    expect(await endpoint.getLogs({ versionName: 'broken' })).toContain('no such column');

    await endpoint.updateVersion('second', { isDefault: true, isControlVersionType: true });
    await endpoint.waitForDeployment();
    await endpoint.deleteVersion('broken');
    await endpoint.waitForDeployment();
    expect(Object.keys(endpoint.versions)).toEqual(['first', 'second']);
    expect(endpoint.versions['first']).toMatchObject({ isDefault: false, type: 'Treatment' });
    expect(endpoint.versions['second']).toMatchObject({ isDefault: true, type: 'Control' });
  }, 60_000);

  test('rolls a version out step by step, and survives a crash of the server on the way', async () => {
    await endpoint.update({ traffic: { first: 0, second: 0 } });
    await endpoint.waitForDeployment();
    const [key] = await endpoint.getKeys();
    const load = startLoad({ url: endpoint.scoringUri, key, connections: 2, body: '{}' });
    const gate = { stepSeconds: 1, minRequests: 20, maxP99Ratio: null };
    await endpoint.rollOut({ version: 'first', steps: [20, 60], ...gate });
    await expect(endpoint.update({ traffic: { first: 1 } })).rejects.toMatchObject({ code: 'OperationInProgress' });
    await server.kill();
    await server.restart();
    await endpoint.waitForDeployment();
    const { failures } = await load.stop();
    expect(failures).toEqual([]);
    expect(endpoint.serialize().rollout).toMatchObject({ state: 'Succeeded', step: 1 });
    expect(endpoint.versions['first']?.effectivePercentile).toBe(60);
  }, 60_000);

  test('takes the requests back from a version that fails more of them than the control, and says so in numbers', async () => {
    const failing = 'def init():\n    pass\n\ndef run(raw):\n    raise ValueError("no")\n';
    await endpoint.createVersion('worse', {
      inferenceConfig: await inference(folder.path, 'worse', failing),
      models: [model],
      ...BUSY,
    });
    await endpoint.waitForDeployment();
    await endpoint.update({ traffic: { first: 0, worse: 3 } });
    await endpoint.waitForDeployment();
    const [key] = await endpoint.getKeys();
    const load = startLoad({ url: endpoint.scoringUri, key, connections: 2, body: '{}' });
    await endpoint.rollOut({ version: 'worse', steps: [50, 100], stepSeconds: 3600, minRequests: 1000 });
    await expect(endpoint.waitForDeployment()).rejects.toMatchObject({
      code: 'RolledBack',
      message: expect.stringMatching(/"worse".*gets 3 % again: \d+ of \d+ requests failed \(100 %\)/),
    });
    await load.stop();
    expect(endpoint.serialize().rollout).toMatchObject({ state: 'RolledBack', before: 3 });
    expect(endpoint.versions['worse']?.trafficPercentile).toBe(3);

    await endpoint.rollOut({ version: 'worse', steps: [4], stepSeconds: 3600 });
    await endpoint.abortRollout();
    await expect(endpoint.waitForDeployment()).rejects.toMatchObject({ code: 'OperationCancelled' });
    expect(endpoint.serialize().rollout).toMatchObject({ state: 'Aborted' });
    await expect(endpoint.abortRollout()).rejects.toMatchObject({ code: 'NoRollout' });
    expect(endpoint.versions['worse']?.trafficPercentile).toBe(3);
    await endpoint.deleteVersion('worse');
    await endpoint.waitForDeployment();
    await endpoint.update({ traffic: { first: 50 } });
    await endpoint.waitForDeployment();
  }, 60_000);

  test('takes its keys and no others, and tokens in their place when it is told to', async () => {
    const [primary] = await endpoint.getKeys();
    await endpoint.regenKey('Primary', { setKey: 'a-key-of-my-own' });
    const refused = async (credential: string): Promise<number> =>
      (
        await fetch(endpoint.scoringUri, {
          method: 'POST',
          headers: { authorization: `Bearer ${credential}` },
          body: '{}',
        })
      ).status;
    await until('the former key is refused', async () => (await refused(primary)) === 401);
    await endpoint.update({ authEnabled: false, tokenAuthEnabled: true });
    await endpoint.waitForDeployment();
    expect(await refused('a-key-of-my-own')).toBe(401);
    expect(['A one', 'C one']).toContain(await endpoint.run('{}'));
  });

  test('is the same after a crash of the server', async () => {
    await server.kill();
    await server.restart();
    const again = await AksEndpoint.get(server.workspace, 'shared');
    expect(Object.keys(again.versions)).toEqual(['first', 'second']);
    expect(['A one', 'C one']).toContain(await again.run('{}'));
  }, 30_000);

  test('is deleted with all of its versions, one of them before', async () => {
    await endpoint.deleteVersion('first');
    await endpoint.waitForDeployment();
    expect(await endpoint.run('{}')).toBe('C one');
    await endpoint.delete();

    const run = new URL(`file://${server.home}/run`).pathname;
    expect(await replicaProcesses(run)).toEqual([]);
    expect((await fetch(endpoint.scoringUri, { method: 'POST', body: '{}' })).status).toBe(404);
    await expect(AksEndpoint.get(server.workspace, 'shared')).rejects.toMatchObject({ code: 'EndpointNotFound' });
    await endpoint.delete();
  }, 30_000);
});
