import { readFile } from 'node:fs/promises';

import { ManualClock } from '@farled/service';
import { afterEach, beforeEach, expect, test } from 'vitest';

import type { DatabaseOptions } from '../database.ts';
import type { Change } from '../records.ts';
import { openState, type State } from '../state.ts';
import { describeOnBothDatabases } from '../testing/databases.ts';

describeOnBothDatabases('identities', (makeDatabase) => {
  let database: DatabaseOptions;
  let clock: ManualClock;
  let state: State;
  let changes: Change[];

  beforeEach(async () => {
    database = await makeDatabase();
    clock = new ManualClock();
    state = await openState({ database, secretKey: Buffer.alloc(32, 1), clock });
    changes = [];
    state.changes.subscribe((change) => changes.push(change));
  });
  afterEach(() => state[Symbol.asyncDispose]());

  const make = (name = 'pipeline') =>
    state.identities.create({ name, kind: 'servicePrincipal', secretDigest: 'sha256:x' });
  const seconds = () => Math.floor(clock.now() / 1000);

  test('an identity is found by name without regard to case and by id, and a name is had once', async () => {
    const made = await make();
    expect(await state.identities.get('PIPELINE')).toEqual(made);
    expect(await state.identities.get(made.id)).toEqual(made);
    await expect(make('Pipeline')).rejects.toMatchObject({ code: 'IdentityAlreadyExists' });
    expect(await state.identities.find('pipe\0line')).toBeUndefined();
    await expect(state.identities.get('pipelin')).rejects.toMatchObject({
      code: 'IdentityNotFound',
      suggestion: expect.stringContaining('"pipeline"'),
    });
  });

  test('roles come once however their scope is spelled, are announced, and go', async () => {
    const { id } = await make();
    await state.identities.assign(id, { role: 'Reader', scope: '/subscriptions/S' });
    const twice = await state.identities.assign(id, { role: 'Reader', scope: '/subscriptions/s' });
    expect(twice.roles).toEqual([{ role: 'Reader', scope: '/subscriptions/S' }]);
    await state.identities.assign(id, { role: 'Scorer', scope: '/' });
    expect((await state.identities.list({ count: 9 })).value[0]?.roles).toHaveLength(2);
    const { roles } = await state.identities.revoke(id, { role: 'Reader', scope: '/subscriptions/S' });
    expect(roles).toEqual([{ role: 'Scorer', scope: '/' }]);
    expect(changes).toHaveLength(4);
    expect(changes[0]).toEqual({ kind: 'identity', id });
  });

  test('lists come in pages, newest first', async () => {
    for (const name of ['a', 'b', 'c']) {
      await make(name);
    }
    const first = await state.identities.list({ count: 2 });
    const rest = await state.identities.list({ count: 2, skipToken: first.skipToken });
    expect([...first.value, ...rest.value].map(({ name }) => name)).toEqual(['c', 'b', 'a']);
    expect(rest.skipToken).toBeUndefined();
  });

  test('a new secret and a deletion end the logins of that identity alone', async () => {
    const [one, other] = [await make('one'), await make('other')];
    const login = (identityId: string) => ({ identityId, payload: '{}', expiresAt: seconds() + 60 });
    await state.logins.put('RefreshToken', 'a', login(one.id));
    await state.logins.put('RefreshToken', 'b', login(other.id));
    await clock.advance(5000);
    const reset = await state.identities.setSecret(one.id, 'sha256:y');
    expect(reset).toMatchObject({ secretDigest: 'sha256:y' });
    expect(Date.parse(reset.secretTime)).toBe(Date.parse(one.secretTime) + 5000);
    expect(await state.logins.find('RefreshToken', 'id', 'a')).toBeUndefined();
    expect(await state.logins.find('RefreshToken', 'id', 'b')).toBeDefined();
    await state.identities.delete(other.id);
    expect(await state.logins.find('RefreshToken', 'id', 'b')).toBeUndefined();
    expect(await state.identities.find(other.id)).toBeUndefined();
  });

  test('a code is found by each of its keys, used by one of several, and gone in time', async () => {
    const expiresAt = seconds() + 60;
    await state.logins.put('DeviceCode', 'secret', { payload: '{"a":1}', expiresAt, userCode: 'ABCD', uid: 'u' });
    for (const [by, value] of [
      ['id', 'secret'],
      ['userCode', 'ABCD'],
      ['uid', 'u'],
    ] as const) {
      expect(await state.logins.find('DeviceCode', by, value)).toMatchObject({ payload: '{"a":1}', consumedAt: null });
    }
    expect(await state.logins.find('AuthorizationCode', 'id', 'secret')).toBeUndefined();
    const used = await Promise.all([1, 2, 3].map(() => state.logins.consume('DeviceCode', 'secret')));
    expect(used.filter(Boolean)).toHaveLength(1);
    expect(await state.logins.find('DeviceCode', 'id', 'secret')).toMatchObject({ consumedAt: seconds() });
    await clock.advance(61_000);
    expect(await state.logins.find('DeviceCode', 'id', 'secret')).toBeUndefined();
  });

  test('all that a grant gave goes with it', async () => {
    const expiresAt = seconds() + 60;
    await state.logins.put('RefreshToken', 'a', { payload: '{}', expiresAt, grantId: 'g' });
    await state.logins.put('AuthorizationCode', 'b', { payload: '{}', expiresAt, grantId: 'g' });
    await state.logins.put('RefreshToken', 'c', { payload: '{}', expiresAt, grantId: 'h' });
    await state.logins.removeGrant('g');
    await state.logins.remove('RefreshToken', 'nothing');
    expect(await state.logins.find('RefreshToken', 'id', 'a')).toBeUndefined();
    expect(await state.logins.find('AuthorizationCode', 'id', 'b')).toBeUndefined();
    expect(await state.logins.find('RefreshToken', 'id', 'c')).toBeDefined();
  });

  test('nothing by which anybody is known stands in the file', async () => {
    const login = { payload: '{"s":"the-payload"}', expiresAt: seconds() + 60, grantId: 'the-grant', uid: 'the-uid' };
    await state.logins.put('RefreshToken', 'the-refresh-token', { ...login, userCode: 'the-code' });
    await state[Symbol.asyncDispose]();
    if (database.kind === 'sqlite') {
      const bytes = await readFile(database.path, 'latin1');
      expect(bytes).toContain('RefreshToken');
      for (const secret of ['the-refresh-token', 'the-payload', 'the-grant', 'the-uid', 'the-code']) {
        expect(bytes).not.toContain(secret);
      }
    }
    state = await openState({ database, secretKey: Buffer.alloc(32, 1), clock });
    expect(await state.logins.find('RefreshToken', 'id', 'the-refresh-token')).toMatchObject({
      payload: login.payload,
    });
  });
});
