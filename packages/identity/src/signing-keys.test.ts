import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ManualClock } from '@farled/service';
import { openState, type State } from '@farled/state';
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { serviceTokens } from './service-tokens.ts';
import { openSigningKeys, type SigningKeys } from './signing-keys.ts';

const DAY_MS = 86_400_000;
const LIFETIME = 43_200;
const SERVICE = { id: '3f0f3b52-7d2e-4a43-9a7e-0a4d5f0b6f11', name: 'svc', tokensNotBefore: 0 };

let folder: string;
let state: State;
let clock: ManualClock;
let keys: SigningKeys;

const open = (): SigningKeys =>
  openSigningKeys({
    store: state.signingKeys,
    changes: state.changes,
    purpose: 'service',
    lifetimeSeconds: LIFETIME,
    clock,
  });
const ids = async (): Promise<string[]> => (await keys.published()).keys.map(({ kid }) => kid);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'farled-identity-'));
  clock = new ManualClock(1_800_000_000_000);
  const database = { kind: 'sqlite', path: join(folder, 'record.sqlite') } as const;
  state = await openState({ database, secretKey: Buffer.alloc(32, 7), clock });
  keys = open();
});
afterEach(async () => {
  await state[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

describe('keys that tokens are signed with', () => {
  test('are made once, however many ask at once, and are the same after a restart', async () => {
    const asked = await Promise.all(Array.from({ length: 8 }, () => keys.current()));
    expect(new Set(asked.map(({ id }) => id)).size).toBe(1);
    expect((await open().current()).id).toBe(asked[0]?.id);
  });

  test('are published without what is private', async () => {
    const { keys: published } = await keys.published();
    expect(published.map((key) => Object.keys(key).toSorted())).toEqual([['crv', 'kid', 'kty', 'x', 'y']]);
  });

  test('change over: the next is known a day before it signs, the last until its tokens have expired', async () => {
    const first = (await keys.current()).id;
    await clock.advance(30 * DAY_MS);
    await keys.rotate();
    expect(await ids()).toHaveLength(2);
    expect((await keys.current()).id).toBe(first);
    await clock.advance(DAY_MS);
    await keys.rotate();
    const second = (await keys.current()).id;
    expect(second).not.toBe(first);
    expect(await ids()).toEqual([second, first]);
    await clock.advance(LIFETIME * 1000 + 5 * 60_000);
    await keys.rotate();
    expect(await ids()).toEqual([second]);
  });

  test('that are removed from the record are not published any more, and another one signs', async () => {
    const first = (await keys.current()).id;
    await state.signingKeys.remove(first);
    const second = (await keys.current()).id;
    expect(second).not.toBe(first);
    expect(await ids()).toEqual([second]);
  });
});

test('replaced, the new one signs at once and alone', async () => {
  const first = (await keys.current()).id;
  await clock.advance(30 * DAY_MS);
  await keys.rotate();
  const before = await ids();
  await keys.replace();
  const [only, ...others] = await ids();
  expect(others).toEqual([]);
  expect([first, ...before]).not.toContain(only);
  expect((await keys.current()).id).toBe(only);
});

describe('a token of a service', () => {
  test('can be checked with what is published, and is for that service alone', async () => {
    const issued = await serviceTokens({ keys, lifetimeSeconds: LIFETIME, clock }).issue(SERVICE);
    const now = Math.floor(clock.now() / 1000);
    expect(issued).toEqual({
      accessToken: expect.any(String),
      tokenType: 'Bearer',
      refreshAfter: now + LIFETIME / 2,
      expiryOn: now + LIFETIME,
    });
    const { payload } = await jwtVerify(issued.accessToken, createLocalJWKSet(await keys.published()), {
      algorithms: ['ES256'],
      issuer: 'farled',
      audience: SERVICE.id,
      currentDate: new Date(clock.now()),
    });
    expect(payload).toEqual({
      iss: 'farled',
      aud: SERVICE.id,
      service: 'svc',
      iat: now,
      nbf: now,
      exp: now + LIFETIME,
    });
    expect(decodeProtectedHeader(issued.accessToken)).toEqual({ alg: 'ES256', kid: (await ids())[0], typ: 'JWT' });
  });

  test('that is issued in the second of a revocation counts as issued after it, and is valid at once', async () => {
    const tokens = serviceTokens({ keys, lifetimeSeconds: LIFETIME, clock });
    const now = Math.floor(clock.now() / 1000);
    const { accessToken } = await tokens.issue({ ...SERVICE, tokensNotBefore: now + 1 });
    const [, payload = ''] = accessToken.split('.');
    expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toMatchObject({ iat: now + 1, nbf: now });
  });
});
