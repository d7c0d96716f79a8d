import { describe, expect, test } from 'vitest';

import { comparisons, matches } from './resource-filter.ts';
import { fromWireChange, toWireResource, toWireWorkspace } from './wire-workspace.ts';

const WORKSPACE = {
  id: '/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w',
  name: 'w',
  subscriptionId: 's',
  resourceGroup: 'Shipping',
  location: 'westeurope',
  friendlyName: 'W',
  description: 'text',
  tags: { Team: 'blue' },
  createdTime: '2026-01-01T00:00:00.000Z',
  updatedTime: '2026-01-02T00:00:00.000Z',
};

test('a workspace has what details are read from', () => {
  expect(toWireWorkspace(WORKSPACE, 'key', 'https://x/discovery')).toMatchObject({
    id: WORKSPACE.id,
    sku: { tier: 'Basic' },
    tags: { Team: 'blue' },
    properties: {
      workspaceId: 'key',
      discoveryUrl: 'https://x/discovery',
      friendlyName: 'W',
      description: 'text',
      creationTime: WORKSPACE.createdTime,
      provisioningState: 'Succeeded',
    },
  });
  expect(toWireResource(WORKSPACE)).toEqual({
    id: WORKSPACE.id,
    name: 'w',
    type: 'Microsoft.MachineLearningServices/workspaces',
    location: 'westeurope',
    tags: { Team: 'blue' },
  });
});

describe('a change says', () => {
  test.each([
    [undefined, {}],
    [{ properties: null, tags: null }, {}],
    [{ properties: { friendlyName: '', description: null } }, { friendlyName: '' }],
    [
      { tags: { a: 'b' }, identity: { type: 'None' }, properties: { description: 'd', v1LegacyMode: true } },
      { tags: { a: 'b' }, description: 'd' },
    ],
    [{ properties: { containerRegistry: '/x' } }, { containerRegistry: '/x' }],
  ])('of %j: %j', (body, wanted) => {
    expect(fromWireChange(body)).toEqual(wanted);
  });

  test.each([
    [{ tags: 'a' }, 'tags'],
    [{ properties: { friendlyName: {} } }, 'properties.friendlyName'],
    [{ properties: [] }, 'properties'],
    [7, 'The request body'],
  ])('of %j what is wrong', (body, named) => {
    expect(() => fromWireChange(body)).toThrow(named);
  });
});

describe('a filter', () => {
  const TYPE = "resourceType eq 'Microsoft.MachineLearningServices/workspaces'";
  test.each([
    [undefined, true],
    ['', true],
    [TYPE, true],
    [TYPE.toUpperCase().replace('EQ', 'eq'), true],
    [`resourceGroup eq 'shipping' and ${TYPE}`, true],
    [`resourceGroup eq 'returns' and ${TYPE}`, false],
    ["resourceType eq 'Microsoft.Storage/storageAccounts'", false],
    ["name eq 'W'", true],
    ["name eq 'x'", false],
    ["location  eq  'westeurope'", true],
    ["tagName eq 'team' and tagValue eq 'blue'", true],
    ["tagName eq 'team' and tagValue eq 'red'", false],
    ["tagName eq 'other'", false],
    ["substringof('w', name)", true],
    ["name eq '", true],
    [`name ${'eq '.repeat(10_000)}`, true],
  ])('%j holds for the workspace: %j', (filter, wanted) => {
    expect(matches(WORKSPACE, filter)).toBe(wanted);
  });

  test('has quotes doubled inside of quotes', () => {
    expect([...comparisons("name eq 'it''s'")]).toEqual([['name', "it's"]]);
  });
});
