import { describe, expect, test } from 'vitest';

import { DoneDeployments } from './done-deployments.ts';
import { toWireDeployment, toWireDeploymentOperation, wantedWorkspace } from './wire-deployment.ts';

const WORKSPACE = {
  type: 'Microsoft.MachineLearningServices/workspaces',
  name: 'w',
  apiVersion: '2021-01-01',
  identity: { type: 'SystemAssigned', userAssignedIdentities: null },
  location: 'westeurope',
  tags: { a: 'b' },
  sku: { tier: 'basic', name: 'basic' },
  dependsOn: ["[resourceId('Microsoft.Storage/storageAccounts', 'x')]"],
  properties: { friendlyName: 'W', storageAccount: '/x', hbiWorkspace: false, encryption: { status: 'Disabled' } },
};
const STORAGE = { type: 'Microsoft.Storage/storageAccounts', name: 'x', properties: {} };
const template = (...resources: readonly unknown[]) => ({ properties: { template: { resources }, parameters: {} } });

test('of a template the workspace is wanted', () => {
  expect(wantedWorkspace(template(STORAGE, WORKSPACE))).toEqual({
    name: 'w',
    fields: { location: 'westeurope', friendlyName: 'W', tags: { a: 'b' } },
  });
  expect(wantedWorkspace(template({ type: WORKSPACE.type.toUpperCase(), name: 'w', properties: null }))).toEqual({
    name: 'w',
    fields: {},
  });
});

describe('a template is refused', () => {
  test.each([
    ['without a workspace', template(STORAGE), 'Microsoft.Storage/storageAccounts'],
    ['without anything', template(), 'none'],
    ['with two', template(WORKSPACE, WORKSPACE), '2 workspaces'],
    ['with a workspace without a name', template({ ...WORKSPACE, name: null }), 'name'],
    ['with tags that are none', template({ ...WORKSPACE, tags: 'a' }), 'tags'],
    ['that is a link', { properties: { templateLink: { uri: 'https://x' } } }, 'properties.template'],
    ['that is text', 'x', 'The request body'],
    ['that is not there', undefined, 'The request body'],
    ['with resources without a type', template({ name: 'x' }), 'resources.0.type'],
    ['with too many resources', template(...Array.from({ length: 101 }, () => STORAGE)), 'resources'],
  ])('%s', (_what, body, named) => {
    expect(() => wantedWorkspace(body)).toThrow(named);
  });
});

const DONE = {
  id: '/subscriptions/s/resourceGroups/g/providers/Microsoft.Resources/deployments/d',
  name: 'd',
  workspace: { id: '/w', name: 'w' },
  timestamp: '2026-01-01T00:00:00.000Z',
  durationMs: 1500,
};

test('a deployment has ended when it is answered, with the workspace in its progress', () => {
  expect(toWireDeployment(DONE).properties).toMatchObject({ provisioningState: 'Succeeded', duration: 'PT1.500S' });
  expect(toWireDeploymentOperation(DONE).properties).toMatchObject({
    provisioningState: 'Succeeded',
    duration: 'PT1.500S',
    targetResource: { resourceType: WORKSPACE.type, resourceName: 'w' },
  });
});

test('of many deployments the latest are known', () => {
  const done = new DoneDeployments();
  for (let number = 0; number < 250; number += 1) {
    done.add({ ...DONE, id: `/d${number}` });
  }
  expect([done.find('/d49'), done.find('/D50')?.id, done.find('/d249')?.id]).toEqual([undefined, '/d50', '/d249']);
});
