import { Model } from '@farled/sdk';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { startLoad } from './harness/load.ts';
import { deployment, devTestCompute, inference, temporaryFolder } from './harness/sample.ts';
import { startServer, type TestServer } from './harness/server.ts';
import { until } from './harness/until.ts';

const SLOW = `
import time

def init():
    pass

def run(raw):
    time.sleep(0.1)
    return 'done'
`;

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

test('under load a service on this machine gets more replicas, loses no request, and says why', async () => {
  const service = await Model.deploy(
    server.workspace,
    'grows',
    [],
    await inference(folder.path, 'slow', SLOW),
    deployment({ autoscaleMinReplicas: 1, autoscaleMaxReplicas: 2, maxRequestWaitTime: 20_000 }),
    'myaks',
  );
  await service.waitForDeployment();
  const [key] = await service.getKeys();
  expect(await service.getDecisions()).toEqual([]);

  const following = new AbortController();
  const followed: string[] = [];
  const follow = (async () => {
    for await (const { outcome } of service.followDecisions({ signal: following.signal })) {
      followed.push(outcome);
    }
  })();
  const load = startLoad({ url: service.scoringUri, key, connections: 6, body: '{}' });
  await until('two replicas answer', async () => {
    await service.refresh();
    return service.serialize().deploymentStatus.availableReplicas === 2;
  });
  expect(service.state).toBe('Healthy');
  await until('the refusal of more is told to who follows', () => followed.includes('refusedMore'));
  following.abort();
  await follow;
  const { failures } = await load.stop();
  expect(failures).toEqual([]);

  const [first, ...others] = await service.getDecisions();
  expect(first).toMatchObject({ outcome: 'scaled', replicas: 1, desired: 2, settings: { maxReplicas: 2 } });
  expect(first?.because).toMatch(/scaled from 1 to 2: \d+ requests in replicas and \d+ waiting need/);
  expect(others.map(({ outcome }) => outcome)).toContain('refusedMore');
}, 120_000);
