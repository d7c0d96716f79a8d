import { afterAll, beforeAll, expect, test } from 'vitest';

import { azuremlClient, type AzuremlClient, faults } from '../harness/azureml-client.ts';
import { devTestCompute } from '../harness/sample.ts';
import { startServer, type TestServer } from '../harness/server.ts';

let server: TestServer;
let client: AzuremlClient;

beforeAll(async () => {
  server = await startServer();
  await devTestCompute(server.workspace);
  client = await azuremlClient(server);
}, 600_000);

afterAll(async () => {
  await client?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});

test('scripts deploy endpoints, add versions, share requests between them, score and delete them as they did', async () => {
  expect(faults(await client.run('endpoints.py'))).toEqual([]);
}, 500_000);
