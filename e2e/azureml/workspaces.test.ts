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

test('scripts create, find, change and delete workspaces as they did', async () => {
  expect(faults(await client.run('workspaces.py'))).toEqual([]);
}, 300_000);

test('a subscription is theirs once a resource group was made in it', async () => {
  const subscriptionId = '3f1c1b1e-0000-4000-8000-00000000000a';
  await server.client.call(routes.resourceGroups.put, {
    params: { subscriptionId, resourceGroup: 'known' },
    body: { location: 'westeurope' },
  });
  expect(faults(await client.run('other_subscription.py', [subscriptionId]))).toEqual([]);
}, 120_000);

test('roles and tenants say what is theirs', async () => {
  const { id } = server.workspace;
  const identities = [
    ['all', 'Owner', '/'],
    ['contributor', 'Contributor', '/subscriptions/aaaaaaaa-0000-4000-8000-000000000001'],
    ['reader', 'Reader', id],
  ] as const;
  const secrets: Record<string, readonly [id: string, secret: string | null]> = {};
  for (const [name, role, scope] of identities) {
    const made = await server.client.call(routes.identities.create, { body: { name, role, scope } });
    secrets[name] = [made.id, made.secret];
  }
  expect(faults(await client.run('workspaces_of_roles.py', [JSON.stringify(secrets)]))).toEqual([]);
}, 180_000);
