import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ManualClock } from '@farled/service';
import { openState, type State } from '@farled/state';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { type AccessTokens, accessTokens, LIFETIME_SECONDS } from './access-tokens.ts';
import { type Callers, OWNER, OWNER_ID } from './caller.ts';
import { openCallers } from './callers.ts';
import { openSigningKeys } from './signing-keys.ts';

const TENANT = '11111111-2222-3333-4444-555555555555';
const AT = { subscriptionId: 'sub', resourceGroup: 'rg', workspace: 'ws' };
const SCOPE = '/subscriptions/sub/resourceGroups/rg/providers/Microsoft.MachineLearningServices/workspaces/ws';

let folder: string;
let clock: ManualClock;
let state: State;
let tokens: AccessTokens;
let callers: Callers;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'farled-callers-'));
  clock = new ManualClock();
  const database = { kind: 'sqlite', path: join(folder, 'record.sqlite') } as const;
  state = await openState({ database, secretKey: Buffer.alloc(32, 1), clock });
  const { signingKeys: store, changes, identities } = state;
  const keys = openSigningKeys({ store, changes, purpose: 'access', lifetimeSeconds: LIFETIME_SECONDS, clock });
  tokens = accessTokens(keys, clock);
  const ownerTokenDigest = createHash('sha256').update('the-owner').digest('hex');
  callers = openCallers({ ownerTokenDigest, tokens, identities, changes });
});
afterEach(async () => {
  await state[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const make = () => state.identities.create({ name: 'robot', kind: 'servicePrincipal', secretDigest: 'sha256:x' });
const bearer = async (id: string) => `Bearer ${(await tokens.issue({ id, name: 'robot', tenantId: TENANT })).token}`;

test('the owner is known by the token of the home, and by tokens that this machine was given', async () => {
  expect(await callers.admit('Bearer the-owner', 'manage', AT)).toBe(OWNER);
  expect(await callers.admit(await bearer(OWNER_ID), 'manage', {})).toMatchObject({ roles: OWNER.roles });
});

test.each([undefined, '', 'Bearer', 'Basic dGhlLW93bmVy', 'the-owner'])('"%s" is no token', async (header) => {
  await expect(callers.admit(header, 'find', {})).rejects.toMatchObject({
    code: 'Unauthorized',
    suggestion: expect.stringContaining('owner-token'),
  });
});

test.each(['wrong', 'a.b.c', `eyJhbGciOiJub25lIn0.${Buffer.from('{"oid":"x"}').toString('base64url')}.`])(
  'the token "%s" is refused, and stands in no message',
  async (token) => {
    const failure = await callers.admit(`Bearer ${token}`, 'find', {}).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'Unauthorized' });
    expect(String(failure)).not.toContain(`${token} `);
  },
);

test('a token of another key, and one whose time is over, are refused', async () => {
  const { id } = await make();
  const held = await bearer(id);
  await clock.advance((LIFETIME_SECONDS + 61) * 1000);
  await expect(callers.admit(held, 'find', {})).rejects.toMatchObject({
    code: 'Unauthorized',
    message: expect.stringContaining('expired'),
  });
});

test('who lacks a role is told who it is, what it has where, what this needs, and the command that grants it', async () => {
  const { id } = await make();
  await state.identities.assign(id, { role: 'Reader', scope: SCOPE });
  const failure = await callers.admit(await bearer(id), 'write', AT).catch((error: unknown) => error);
  expect(failure).toMatchObject({
    code: 'Forbidden',
    message: `"robot" may not change anything in ${SCOPE}: it has the role Reader in ${SCOPE}, and this needs Owner or Contributor.`,
    suggestion: `An owner grants it with \`farled identity grant -n robot --role Contributor --scope ${SCOPE}\`.`,
  });
});

test('roles come, go and end with the identity for a token that is out already', async () => {
  const { id } = await make();
  const held = await bearer(id);
  await expect(callers.admit(held, 'read', AT)).rejects.toMatchObject({
    message: expect.stringContaining('no role anywhere'),
  });
  await state.identities.assign(id, { role: 'Reader', scope: '/' });
  expect(await callers.admit(held, 'read', AT)).toMatchObject({ id, name: 'robot', tenantId: TENANT });
  await state.identities.revoke(id, { role: 'Reader', scope: '/' });
  await expect(callers.admit(held, 'read', AT)).rejects.toMatchObject({ code: 'Forbidden' });
  await state.identities.delete(id);
  await expect(callers.admit(held, 'read', AT)).rejects.toMatchObject({
    code: 'Unauthorized',
    message: expect.stringContaining('not there any more'),
  });
});

test('a new secret ends the tokens from before it, and no later ones', async () => {
  const { id } = await make();
  await state.identities.assign(id, { role: 'Reader', scope: '/' });
  const before = await bearer(id);
  await clock.advance(1000);
  await state.identities.setSecret(id, 'sha256:y');
  await expect(callers.admit(before, 'read', AT)).rejects.toMatchObject({
    code: 'Unauthorized',
    message: expect.stringContaining('was replaced'),
  });
  expect(await callers.admit(await bearer(id), 'read', AT)).toMatchObject({ id });
});
