import { randomUUID } from 'node:crypto';

import { firstVersion } from '@farled/contract';
import { ManualClock } from '@farled/service';
import { afterEach, beforeEach, expect, test } from 'vitest';

import type { Change, NewEndpoint } from '../records.ts';
import { openState, type State } from '../state.ts';
import { describeOnBothDatabases } from '../testing/databases.ts';
import { furnish, newService, PAGE } from '../testing/furnish.ts';

const KEYS = { primaryKey: 'first-key', secondaryKey: 'second-key' };

describeOnBothDatabases('endpoints', (makeDatabase) => {
  const clock = new ManualClock();
  let state: State;
  let workspaceId: string;
  let changes: Change[];

  beforeEach(async () => {
    state = await openState({ database: await makeDatabase(), secretKey: Buffer.alloc(32, 1), clock });
    workspaceId = (await furnish(state)).key;
    changes = [];
    state.changes.subscribe((change) => changes.push(change));
  });
  afterEach(() => state[Symbol.asyncDispose]());

  const endpoint = (name: string, said: Partial<NewEndpoint> = {}): NewEndpoint => ({
    id: randomUUID(),
    workspaceId,
    name,
    computeName: 'myaks',
    description: 'd',
    tags: { a: '1' },
    properties: {},
    authEnabled: true,
    tokenAuthEnabled: false,
    sharing: { traffic: firstVersion('one', {}), stickyHeader: null, mirror: null },
    operationId: randomUUID(),
    ...said,
  });
  const version = async (endpointId: string, name: string): Promise<string> => {
    const service = newService(workspaceId, `${name}.of`, { version: { endpointId, name } });
    await state.services.create(service);
    return service.id;
  };

  test('are found as they were made, once in a workspace', async () => {
    const made = endpoint('shared');
    const created = await state.endpoints.create(made, KEYS);
    expect(created).toMatchObject({ ...made, deleting: false, tokensNotBefore: 0 });
    expect(await state.endpoints.keys(made.id)).toEqual(KEYS);
    await expect(state.endpoints.create(endpoint('shared'), KEYS)).rejects.toMatchObject({
      code: 'EndpointAlreadyExists',
    });
    await expect(state.endpoints.get(workspaceId, 'shard')).rejects.toMatchObject({
      code: 'EndpointNotFound',
      suggestion: expect.stringContaining('"shared"'),
    });
  });

  test('have versions, which are listed with no services', async () => {
    const { id } = await state.endpoints.create(endpoint('shared'), KEYS);
    const one = await version(id, 'one');
    expect((await state.services.ofEndpoint(id)).map((service) => service.id)).toEqual([one]);
    expect((await state.services.list(workspaceId, {}, PAGE)).value).toEqual([]);
    expect((await state.services.byId(one))?.version).toEqual({ endpointId: id, name: 'one' });
  });

  test('announce what changes for their versions too, and the end of a version for themselves', async () => {
    const { id } = await state.endpoints.create(endpoint('shared'), KEYS);
    const one = await version(id, 'one');
    changes.length = 0;
    await state.endpoints.setKeys(id, { primaryKey: 'another-key' });
    expect(changes).toEqual([
      { kind: 'endpoint', id },
      { kind: 'service', id: one },
    ]);
    changes.length = 0;
    await state.services.remove(one);
    expect(changes).toContainEqual({ kind: 'endpoint', id });
    await state.endpoints.remove(id);
    expect(await state.endpoints.byId(id)).toBeUndefined();
  });

  test('change in what is said, and keep the rest', async () => {
    const { id, sharing } = await state.endpoints.create(endpoint('shared'), KEYS);
    const operationId = randomUUID();
    const changed = await state.endpoints.change(id, {
      sharing: { ...sharing, stickyHeader: 'x-user' },
      operationId,
    });
    expect(changed).toMatchObject({ description: 'd', tags: { a: '1' }, operationId, authEnabled: true });
    expect(changed.sharing.stickyHeader).toBe('x-user');
    await state.endpoints.setKeys(id, { secondaryKey: 'other' });
    expect(await state.endpoints.keys(id)).toEqual({ primaryKey: 'first-key', secondaryKey: 'other' });
  });

  test('are listed by their tags, last changed first, a page at a time', async () => {
    for (const name of ['one', 'two', 'three']) {
      await state.endpoints.create(endpoint(name, { tags: { shelf: name === 'two' ? 'b' : 'a' } }), KEYS);
      await clock.advance(1000);
    }
    const first = await state.endpoints.list(workspaceId, { tag: ['shelf=a'] }, { count: 1 });
    expect(first.value.map(({ name }) => name)).toEqual(['three']);
    const next = await state.endpoints.list(
      workspaceId,
      { tag: ['shelf=a'] },
      { count: 1, skipToken: first.skipToken },
    );
    expect(next.value.map(({ name }) => name)).toEqual(['one']);
    expect(next.skipToken).toBeUndefined();
  });

  test('refuse tokens that were issued before those were revoked', async () => {
    const { id } = await state.endpoints.create(endpoint('shared'), KEYS);
    const notBefore = await state.endpoints.revokeTokens(id);
    expect(notBefore).toBeGreaterThan(Math.floor(clock.now() / 1000));
    expect(await state.endpoints.revokeTokens(id)).toBeGreaterThan(notBefore);
    expect((await state.endpoints.byId(id))?.tokensNotBefore).toBe(notBefore + 1);
  });

  test('take their names from all workspaces of the machine', async () => {
    await state.endpoints.create(endpoint('shared'), KEYS);
    expect(await state.endpoints.nameTaken('shared', workspaceId)).toBe(false);
    expect(await state.endpoints.nameTaken('shared', 'another')).toBe(true);
  });
});
