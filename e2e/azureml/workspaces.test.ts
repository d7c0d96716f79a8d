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

test('scripts find workspaces as they did', async () => {
  expect(faults(await client.run('workspaces.py'))).toEqual([]);
}, 300_000);
