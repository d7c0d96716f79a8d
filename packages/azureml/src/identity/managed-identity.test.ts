import { createHash } from 'node:crypto';

import { isFarledError } from '@farled/contract';
import { OWNER_ID } from '@farled/identity';
import { ManualClock } from '@farled/service';
import { expect, test } from 'vitest';

import { managedIdentity } from './managed-identity.ts';

const ROBOT = '841fcb73-7969-4d5e-aa63-93899bd4bff1';
const secretDigest = `sha256:${createHash('sha256').update('s:ecret').digest('base64url')}`;

async function ask(changes: Partial<Parameters<typeof managedIdentity>[0]> = {}) {
  const clock = new ManualClock();
  const parts = {
    clock,
    tokens: {
      issue: ({ id }: { id: string }) => Promise.resolve({ token: id, expiresOn: clock.now() / 1000 + 3600 }),
    },
    identities: {
      find: (id: string) =>
        Promise.resolve(id === ROBOT ? { id, name: 'robot', kind: 'servicePrincipal', secretDigest } : undefined),
    },
  } as unknown as Parameters<typeof managedIdentity>[1];
  const asked = { remoteAddress: '127.0.0.1', headers: {}, query: {}, body: undefined, ...changes };
  try {
    return (await managedIdentity(asked, parts)).body as Record<string, string>;
  } catch (error) {
    return isFarledError(error) ? error.code : error;
  }
}

const METADATA = { metadata: 'true' };

test.each([
  ['MSI_ENDPOINT', { headers: METADATA, body: { resource: 'r' } }, OWNER_ID],
  ['MSI_ENDPOINT from IPv6', { headers: METADATA, remoteAddress: '::1', body: { resource: 'r' } }, OWNER_ID],
  ['?key=', { headers: METADATA, query: { key: `${ROBOT}:s:ecret`, resource: 'r' } }, ROBOT],
  ['MSI_SECRET', { headers: { secret: `${ROBOT}:s:ecret` }, query: { resource: 'r' } }, ROBOT],
])('%s gives a token, with when it ends as text', async (_what, asked, id) => {
  expect(await ask(asked)).toEqual({
    access_token: id,
    token_type: 'Bearer',
    expires_in: '3600',
    expires_on: String(new ManualClock().now() / 1000 + 3600),
    resource: 'r',
  });
});

test.each([
  ['from another machine', { headers: METADATA, remoteAddress: '10.0.0.7' }, 'Forbidden'],
  [
    'from another machine, with a key',
    { headers: { secret: `${ROBOT}:s:ecret` }, remoteAddress: '10.0.0.7' },
    'Forbidden',
  ],
  ['that a proxy here forwards', { headers: { ...METADATA, 'x-forwarded-for': '10.0.0.7' } }, 'Forbidden'],
  ['as a browser sends it', {}, 'BadArgument'],
  ['with an empty secret', { headers: { secret: '' } }, 'BadArgument'],
  ['with a wrong secret', { headers: { secret: `${ROBOT}:wrong` } }, 'Unauthorized'],
  ['with what is no key', { headers: { secret: 'key' } }, 'Unauthorized'],
  ['with the key of nobody', { headers: METADATA, query: { key: 'nobody:secret' } }, 'Unauthorized'],
])('a request %s is refused', async (_what, asked, code) => {
  expect(await ask(asked)).toBe(code);
});
