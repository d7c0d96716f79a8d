import { afterEach, beforeEach, expect, test } from 'vitest';

import { type CompatibleTestApp, startCompatibleApp } from '../testing/compatible-app.ts';

const GROUP = '/subscriptions/sub/resourceGroups/shipping';
const WORKSPACES = 'providers/Microsoft.MachineLearningServices/workspaces';
const DEPLOYMENT = `${GROUP}/providers/Microsoft.Resources/deployments/d1`;

let app: CompatibleTestApp;
beforeEach(async () => {
  app = await startCompatibleApp();
});
afterEach(() => app[Symbol.asyncDispose]());

const deploy = (name: unknown, more: object = {}) => {
  const resource = { type: 'Microsoft.MachineLearningServices/workspaces', name, location: 'eastus', ...more };
  return app.call('PUT', DEPLOYMENT, { body: { properties: { template: { resources: [resource] } } } });
};
const names = async (path: string): Promise<string[]> =>
  ((await app.call('GET', path)).body.value as { name: string }[]).map(({ name }) => name);

test('a deployment makes a workspace and its group, once, and tells how it went', async () => {
  expect((await app.call('GET', GROUP)).body.error.code).toBe('ResourceGroupNotFound');
  const { status, body } = await deploy('w1', { tags: { a: 'b' } });
  expect([status, body.properties.provisioningState]).toEqual([201, 'Succeeded']);
  const { key } = await app.state.workspaces.get({ subscriptionId: 'sub', resourceGroup: 'shipping', workspace: 'w1' });
  expect((await deploy('W1', { tags: { c: 'd' } })).status).toBe(201);
  const made = (await app.call('GET', `${GROUP}/${WORKSPACES}/w1`)).body;
  expect([made.properties.workspaceId, made.tags, made.location]).toEqual([key, { a: 'b' }, 'eastus']);
  expect((await app.call('GET', GROUP)).body).toMatchObject({ name: 'shipping', location: 'eastus' });
  const progress = await app.call('GET', `${GROUP}/deployments/D1/operations`);
  expect(progress.body.value[0].properties.targetResource.resourceName).toBe('w1');
  expect((await app.call('GET', DEPLOYMENT)).body.properties.provisioningState).toBe('Succeeded');
  expect((await app.call('GET', `${DEPLOYMENT}2`)).status).toBe(404);
  expect(await names(`${GROUP}/deployments/other/operations`)).toEqual([]);
});

test('a deployment that is refused makes nothing, not even the group', async () => {
  for (const name of ['a b', '../x', 'x'.repeat(300), null]) {
    expect((await deploy(name)).status).toBe(400);
  }
  expect((await deploy('w1', { tags: { '': 'x' } })).body.error.message).toContain('tags');
  expect((await app.call('GET', GROUP)).status).toBe(404);
});

test('lists are of a group, of a subscription, and of what their filter says', async () => {
  await deploy('w1');
  const filter = encodeURIComponent("resourceType eq 'Microsoft.MachineLearningServices/workspaces'");
  expect(await names(`${GROUP.toUpperCase()}/${WORKSPACES}`)).toEqual(['w1']);
  expect(await names(`/subscriptions/SUB/resources?$filter=${filter}`)).toEqual(['w1', 'ws']);
  expect(await names(`/subscriptions/sub/resources?$filter=${encodeURIComponent("name eq 'ws'")}`)).toEqual(['ws']);
  expect(await names('/subscriptions/nobody/resources')).toEqual([]);
  expect(await names(`${GROUP}/resources`)).toEqual([]);
});

test('a workspace is deleted once, and was not there the second time', async () => {
  await deploy('w1');
  const path = `${GROUP}/${WORKSPACES}/w1`;
  expect((await app.call('DELETE', path)).status).toBe(200);
  expect((await app.call('DELETE', path)).status).toBe(204);
  expect((await app.call('GET', path)).body.error.code).toBe('WorkspaceNotFound');
  expect((await app.call('GET', GROUP)).status).toBe(200);
});

test('subscriptions are those of groups, and what was taken for a workspace is not there to be deleted', async () => {
  await app.call('PUT', '/subscriptions/another/resourcegroups/g', { body: { location: 'westeurope', tags: null } });
  const { body } = await app.call('GET', '/subscriptions?api-version=2022-12-01');
  expect(body.value.map(({ subscriptionId }: { subscriptionId: string }) => subscriptionId)).toEqual([
    '00000000-0000-0000-0000-000000000000',
    'another',
    'sub',
  ]);
  expect((await app.call('DELETE', `${GROUP}/providers/Microsoft.KeyVault/vaults/v`)).status).toBe(204);
});
