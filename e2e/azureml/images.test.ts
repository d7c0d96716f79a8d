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

test('scripts of 2018 make images, and services of them', async () => {
  expect(faults(await client.run('images.py'))).toEqual([]);
}, 400_000);
