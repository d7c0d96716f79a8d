import { routes } from '@farled/contract';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { azuremlClient, type AzuremlClient, faults } from '../harness/azureml-client.ts';
import { startServer, type TestServer } from '../harness/server.ts';

let server: TestServer;
let client: AzuremlClient;

beforeAll(async () => {
  server = await startServer();
  client = await azuremlClient(server);
}, 600_000);

afterAll(async () => {
  await client?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});

test('scripts create, attach, change and remove compute targets as they did', async () => {
  const { subscriptionId } = server.workspace;
  const add = (cluster: string, agentCount: number) =>
    server.client.call(routes.clusters.add, {
      params: { subscriptionId, resourceGroup: 'shipping', cluster },
      body: { kind: 'local', agentCount },
    });
  await add('one', 2);
  const { resourceId } = await add('two', 3);
  expect(faults(await client.run('compute.py', ['one', resourceId]))).toEqual([]);
}, 300_000);
