import { join } from 'node:path';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { azuremlClient, type AzuremlClient, faults } from '../harness/azureml-client.ts';
import { startServer } from '../harness/server.ts';

const stack = new AsyncDisposableStack();
let client: AzuremlClient;
let quick: { readonly variables: Record<string, string> };

beforeAll(async () => {
  const server = stack.use(await startServer());
  client = stack.use(await azuremlClient(server));
  // The client reads all authorities for each of its hundreds of connections: one is quicker than all of the world's.
  quick = { variables: { REQUESTS_CA_BUNDLE: join(server.home, 'tls', 'ca.crt') } };
}, 600_000);

afterAll(() => stack.disposeAsync());

test('environments are registered, got, labelled and built', async () => {
  expect(faults(await client.run('environments.py', [], quick))).toEqual([]);
}, 300_000);
