import { afterAll, beforeAll, expect, test } from 'vitest';

import { azuremlClient, type AzuremlClient, faults } from '../harness/azureml-client.ts';
import { startServer } from '../harness/server.ts';

const stack = new AsyncDisposableStack();
let client: AzuremlClient;

beforeAll(async () => {
  const server = stack.use(await startServer());
  client = stack.use(await azuremlClient(server));
}, 600_000);

afterAll(() => stack.disposeAsync());

test('environments are registered, got, labelled and built', async () => {
  expect(faults(await client.run('environments.py'))).toEqual([]);
}, 300_000);
