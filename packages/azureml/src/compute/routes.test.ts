import { randomUUID } from 'node:crypto';

import { clusterId } from '@farled/contract';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { type CompatibleTestApp, startCompatibleApp } from '../testing/compatible-app.ts';

const SCOPE = '/subscriptions/sub/resourceGroups/rg/providers/Microsoft.MachineLearningServices/workspaces/ws';
const COMPUTE = `${SCOPE}/computes/myaks`;
const READ = `/rp/workspaces${SCOPE}/computes`;
const DEV_TEST = { properties: { computeType: 'AKS', properties: { agentCount: 1, clusterPurpose: 'DevTest' } } };

let app: CompatibleTestApp;
beforeEach(async () => {
  app = await startCompatibleApp();
});
afterEach(() => app[Symbol.asyncDispose]());

const put = (body: unknown, id?: string) =>
  app.call('PUT', COMPUTE, { body, headers: id === undefined ? {} : { 'x-ms-client-request-id': id } });

/** What the controller does. */
async function succeed(): Promise<void> {
  for (const { id, targetId } of await app.state.operations.running()) {
    await app.state.computes.setProvisioning(targetId, 'Succeeded', []);
    await app.state.operations.setState(id, 'Succeeded');
  }
}

test('what is created is there at once, with an operation to wait for', async () => {
  const { status, headers, body } = await put(DEV_TEST);
  expect([status, body.properties.provisioningState]).toEqual([201, 'Creating']);
  const pointer = headers['azure-asyncoperation'] ?? '';
  expect(pointer).toMatch(
    /^https:\/\/farled\.blob\.localhost:7443\/.*\/computeOperations\/[0-9a-f-]{36}\?api-version=/,
  );
  expect((await app.call('GET', `${READ}/MYAKS`)).body).toEqual(body);
  await succeed();
  expect((await app.call('GET', pointer)).body).toMatchObject({ status: 'Succeeded' });
  expect((await app.call('GET', COMPUTE)).body.properties.provisioningState).toBe('Succeeded');
});

test('a request that is repeated starts nothing new; another one of the id is refused', async () => {
  const id = randomUUID();
  const first = await put(DEV_TEST, id);
  const again = await put(DEV_TEST, id);
  expect(again.status).toBe(201);
  expect(again.headers['azure-asyncoperation']).toBe(first.headers['azure-asyncoperation']);
  expect((await put({ properties: { computeType: 'AKS' } }, id)).body.error.code).toBe('OperationIdReused');
  expect((await put(DEV_TEST)).body.error).toMatchObject({ code: 'ComputeAlreadyExists', details: [] });
});

test('a failed operation says what happened in status and text', async () => {
  const { headers } = await put(DEV_TEST);
  const [running] = await app.state.operations.running();
  const error = { code: 'ClusterInUse', statusCode: 409, message: 'It is.', suggestion: 'Detach it.', details: [] };
  await app.state.operations.setState(running?.id ?? '', 'Failed', error);
  expect((await app.call('GET', headers['azure-asyncoperation'] ?? '')).body).toMatchObject({
    status: 'Failed',
    error: { statusCode: 409, message: 'It is. Detach it.' },
  });
});

test('what was read and is sent back changes nothing, and has ended', async () => {
  await put(DEV_TEST);
  await succeed();
  const { body } = await app.call('GET', COMPUTE);
  const { status, headers } = await put(body);
  expect(status).toBe(200);
  expect((await app.call('GET', headers['azure-asyncoperation'] ?? '')).body.status).toBe('Succeeded');
  const gone = await app.call('PUT', COMPUTE.replace('myaks', 'gone'), { body });
  expect(gone).toMatchObject({ status: 404, body: { error: { code: 'ComputeNotFound' } } });
});

test('is removed as the query says, with or without its cluster', async () => {
  await put(DEV_TEST);
  await succeed();
  for (const query of ['', '?underlyingResourceAction=explode']) {
    expect((await app.call('DELETE', `${COMPUTE}${query}`)).body.error.message).toContain('Delete or Detach');
  }
  const removed = await app.call('DELETE', `${COMPUTE}?underlyingResourceAction=Delete`);
  expect([removed.status, removed.text]).toEqual([202, '']);
  expect(removed.headers['azure-asyncoperation']).toContain('/computeOperations/');
  expect((await app.call('GET', COMPUTE)).body.properties.provisioningState).toBe('Deleting');
});

test('a cluster that is attached is not deleted', async () => {
  const resourceId = clusterId({ subscriptionId: 'sub', resourceGroup: 'shipping', cluster: 'mine' });
  await app.state.clusters.add(resourceId, { kind: 'local', agentCount: 1, vmSize: 'Standard_D3_v2' });
  await put({ properties: { computeType: 'Kubernetes', resourceId, properties: { namespace: 'ml' } } });
  const { properties } = (await app.call('GET', COMPUTE)).body;
  expect([properties.isAttachedCompute, properties.properties.clusterPurpose]).toEqual([true, 'DevTest']);
  await succeed();
  const refused = await app.call('DELETE', `${COMPUTE}?underlyingResourceAction=delete`);
  expect(refused).toMatchObject({ status: 400, body: { error: { message: expect.stringContaining('Detach it') } } });
  expect((await app.call('DELETE', `${COMPUTE}?underlyingResourceAction=detach`)).status).toBe(202);
});

test('a list goes on at an address of its own, which the last page has none of', async () => {
  const { key } = await app.state.workspaces.get({ subscriptionId: 'sub', resourceGroup: 'rg', workspace: 'ws' });
  for (let number = 0; number < 101; number += 1) {
    const cluster = `c${number}`;
    const clusterResourceId = clusterId({ subscriptionId: 'sub', resourceGroup: 'rg', cluster });
    await app.state.clusters.add(clusterResourceId, { kind: 'local', agentCount: 1, vmSize: 'Standard_D3_v2' });
    await app.state.computes.create({
      id: randomUUID(),
      workspaceId: key,
      name: cluster,
      clusterResourceId,
      attached: true,
      clusterPurpose: 'DevTest',
      location: 'local',
      loadBalancerType: 'PublicIp',
      loadBalancerSubnet: null,
      serviceType: 'LoadBalancer',
      namespace: null,
      placement: null,
      description: '',
      tags: {},
      operationId: randomUUID(),
    });
  }
  const first = (await app.call('GET', READ)).body;
  expect(first.value).toHaveLength(100);
  expect(first.nextLink).toMatch(/^https:\/\/farled\.blob\.localhost:7443\/rp\/workspaces\//);
  const last = (await app.call('GET', first.nextLink)).body;
  expect(last.value.map(({ name }: { name: string }) => name)).toEqual(['c0']);
  expect(last).not.toHaveProperty('nextLink');
});
