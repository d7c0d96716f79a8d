import { describe, expect, test } from 'vitest';

import { LOCATIONS } from './locations.ts';
import { fromWireGroup, toWireGroup } from './wire-group.ts';

test.each([
  [undefined, {}],
  [{ location: null, tags: null }, {}],
  [
    { location: 'westeurope', tags: { a: 'b' }, managedBy: 'x' },
    { location: 'westeurope', tags: { a: 'b' } },
  ],
  [{ tags: { a: null, n: 1, b: true } }, { tags: { a: '', n: '1', b: 'true' } }],
])('the group %j is %j', (body, wanted) => {
  expect(fromWireGroup(body)).toEqual(wanted);
});

describe('is refused, with the field named,', () => {
  test.each([
    [{ tags: [] }, 'tags'],
    [{ tags: { a: { b: 1 } } }, 'tags.a'],
    [{ location: 7 }, 'location'],
    ['text', 'The request body'],
    [[], 'The request body'],
  ])('%j', (body, named) => {
    expect(() => fromWireGroup(body)).toThrow(named);
  });
});

test('a group is written as ARM does', () => {
  const group = {
    id: '/subscriptions/s/resourceGroups/g',
    name: 'g',
    subscriptionId: 's',
    location: 'eastus',
    tags: {},
  };
  expect(toWireGroup({ ...group, createdTime: '2026-01-01T00:00:00.000Z' })).toEqual({
    id: group.id,
    name: 'g',
    type: 'Microsoft.Resources/resourceGroups',
    location: 'eastus',
    tags: {},
    properties: { provisioningState: 'Succeeded' },
  });
});

test('locations are found as clients look for them: in lower case, without blanks', () => {
  const known = LOCATIONS.map((location) => location.toLowerCase().replaceAll(' ', ''));
  expect(new Set(known).size).toBe(known.length);
  expect(known).toEqual(
    expect.arrayContaining(['eastus', 'westeurope', 'uksouth', 'chinanorth3', 'usgovvirginia', 'local']),
  );
});
