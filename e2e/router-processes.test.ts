import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { RouterStatistics } from '@farled/contract';
import { createRouterControl } from '@farled/router';
import { Model } from '@farled/sdk';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { startLoad } from './harness/load.ts';
import { deployment, devTestCompute, inference, SCORE, temporaryFolder } from './harness/sample.ts';
import { startServer, type TestServer } from './harness/server.ts';
import { until } from './harness/until.ts';

describe('two router processes', () => {
  let server: TestServer;
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;

  beforeAll(async () => {
    server = await startServer({ FARLED_ROUTER_PROCESSES: '2' });
    folder = await temporaryFolder();
    await devTestCompute(server.workspace);
  });

  afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
    await folder?.[Symbol.asyncDispose]();
  });

  /** Of those that answer. */
  async function routers(): Promise<readonly RouterStatistics[]> {
    const asked = await Promise.allSettled(
      ['router.sock', 'router-1.sock'].map((socket) =>
        createRouterControl(join(server.home, 'run', socket)).statistics(AbortSignal.timeout(2000)),
      ),
    );
    return asked.flatMap((told) => (told.status === 'fulfilled' ? [told.value] : []));
  }

  test('serve on when one of them or the server is killed', async () => {
    await writeFile(join(folder.path, 'model.txt'), 'model');
    const service = await Model.deploy(
      server.workspace,
      'shared',
      [await Model.register(server.workspace, { modelPath: join(folder.path, 'model.txt'), modelName: 'text' })],
      await inference(folder.path, 'source', SCORE('A')),
      deployment({ numReplicas: 2, replicaMaxConcurrentRequests: 4, maxRequestWaitTime: 10_000 }),
      'myaks',
    );
    await service.waitForDeployment();
    const [key] = await service.getKeys();
    const connections = 16;
    const load = startLoad({ url: service.scoringUri, key, connections, body: '{}' });
    await until('requests are answered', () => load.count('"A model"') > 100);

    const [victim, survivor] = await routers();
    process.kill(victim?.pid ?? 0, 'SIGKILL');
    await until('the dead one is back', async () => {
      const pids = (await routers()).map(({ pid }) => pid);
      return pids.length === 2 && !pids.includes(victim?.pid ?? 0) && pids.includes(survivor?.pid ?? 0);
    });
    const before = (await routers()).map(({ pid }) => pid);
    await server.kill();
    const count = load.count('"A model"');
    await until('requests are answered without a server', () => load.count('"A model"') > count + 100);
    await server.restart();
    expect((await routers()).map(({ pid }) => pid)).toEqual(before);

    await service.update({ numReplicas: 1 });
    await service.waitForDeployment();
    const { failures } = await load.stop();
    // A connection to the one that was killed had one request at most, and none has failed since.
    expect(failures.length).toBeLessThanOrEqual(connections);
    expect(failures.filter((failure) => !/ECONNRESET|socket hang up/.test(failure))).toEqual([]);
  }, 180_000);
});
