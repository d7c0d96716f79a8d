import { ManualClock } from '@farled/service';
import { afterEach, beforeEach, expect, test } from 'vitest';

import type { DatabaseOptions } from '../database.ts';
import { openState, type State } from '../state.ts';
import { describeOnBothDatabases } from '../testing/databases.ts';
import { makeWorkspace, PAGE, REFERENCE } from '../testing/furnish.ts';
import { writeOldRecord } from '../testing/old-record.ts';

const SECRET = Buffer.alloc(32, 1);
describeOnBothDatabases('resource groups', (makeDatabase) => {
  let database: DatabaseOptions;
  let state: State;
  const open = () => openState({ database, secretKey: SECRET, clock: new ManualClock() });

  beforeEach(async () => {
    database = await makeDatabase();
    state = await open();
  });
  afterEach(() => state[Symbol.asyncDispose]());

  test('come with the first workspace, and outlive the last', async () => {
    const { key } = await makeWorkspace(state);
    await makeWorkspace(state, 'other');
    const group = { name: 'rg', subscriptionId: 'Sub', location: 'local', tags: {} };
    expect(await state.resourceGroups.list()).toMatchObject([{ ...group, id: '/subscriptions/Sub/resourceGroups/rg' }]);
    await state.workspaces.delete(key);
    await expect(state.resourceGroups.delete({ subscriptionId: 'sub', resourceGroup: 'RG' })).rejects.toMatchObject({
      code: 'ResourceGroupNotEmpty',
      message: expect.stringContaining('"other"'),
    });
    await state.workspaces.delete((await state.workspaces.get({ ...REFERENCE, workspace: 'other' })).key);
    expect(await state.resourceGroups.find(REFERENCE)).toMatchObject(group);
    await state.resourceGroups.delete(REFERENCE);
    expect(await state.resourceGroups.find(REFERENCE)).toBeUndefined();
  });

  test('are one, whatever the case of their names; made again, they get other tags and keep their place', async () => {
    const reference = { subscriptionId: 'S1', resourceGroup: 'Shipping' };
    const first = await state.resourceGroups.put(reference, { location: 'westeurope', tags: { a: '1' } });
    expect(first).toMatchObject({ created: true, group: { location: 'westeurope', tags: { a: '1' } } });
    const again = { subscriptionId: 's1', resourceGroup: 'SHIPPING' };
    expect(await state.resourceGroups.put(again, { location: 'eastus', tags: { b: '2' } })).toMatchObject({
      created: false,
      group: { name: 'Shipping', location: 'westeurope', tags: { b: '2' } },
    });
    await makeWorkspace(state);
    expect((await state.resourceGroups.list('s1')).map(({ name }) => name)).toEqual(['Shipping']);
  });

  test('one that is not there is answered with those like it', async () => {
    await makeWorkspace(state);
    await expect(state.resourceGroups.get({ subscriptionId: 'sub', resourceGroup: 'rgg' })).rejects.toMatchObject({
      code: 'ResourceGroupNotFound',
      suggestion: expect.stringContaining('"rg"'),
    });
  });

  test('narrow a list of workspaces, whatever the case', async () => {
    await makeWorkspace(state);
    const list = async (filter: object) => (await state.workspaces.list(filter, PAGE)).value.length;
    expect(await list({ subscriptionId: 'SUB', resourceGroup: 'RG' })).toBe(1);
    expect(await list({ subscriptionId: 'sub', resourceGroup: 'r' })).toBe(0);
  });

  test('of workspaces from before there were any are there', async () => {
    await state[Symbol.asyncDispose]();
    database = await makeDatabase();
    await writeOldRecord(database);
    state = await open();
    expect(await state.resourceGroups.list()).toMatchObject([{ subscriptionId: 's', name: 'g', location: 'local' }]);
  });
});
