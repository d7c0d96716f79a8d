import { routes, TENANT_ID } from '@farled/contract';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { deployment, furnish, startTestApp, type TestApp, WORKSPACE } from './testing/test-app.ts';

const SCOPE = '/subscriptions/sub/resourceGroups/rg/providers/Microsoft.MachineLearningServices/workspaces/ws';
const UNKNOWN = '01234567-89ab-4def-8123-456789abcdef';

let api: TestApp;
beforeEach(async () => {
  api = await startTestApp();
  await furnish(api);
});
afterEach(() => api[Symbol.asyncDispose]());

async function as(role: string, scope = SCOPE): Promise<{ id: string; token: string }> {
  const { status, body } = await api.call('POST', '/identities', { body: { name: `a-${role}`, role, scope } });
  expect(status).toBe(201);
  const { id, name } = body as { id: string; name: string };
  return { id, token: (await api.tokens.issue({ id, name, tenantId: TENANT_ID })).token };
}

test('an identity is made, shown without its secret, given another one, and deleted', async () => {
  const made = await api.call('POST', '/identities', { body: { name: 'Robot' } });
  expect(made.body).toMatchObject({ name: 'Robot', kind: 'servicePrincipal', roles: [], tenantId: TENANT_ID });
  expect(made.body.secret).toMatch(/^[\w-]{43}$/);
  const shown = await api.call('GET', '/identities/robot');
  expect(shown.body).not.toHaveProperty('secret');
  expect(JSON.stringify(shown.body)).not.toMatch(/digest|sha256/i);
  const reset = await api.call('POST', '/identities/robot/resetSecret', { body: {} });
  expect(reset.body.secret).not.toBe(made.body.secret);
  expect((await api.call('GET', '/identities')).body.value).toHaveLength(1);
  expect((await api.call('DELETE', `/identities/${made.body.id}`)).status).toBe(204);
  expect((await api.call('GET', '/identities/robot')).body.code).toBe('IdentityNotFound');
});

test('a password that was chosen is not sent back', async () => {
  const body = { name: 'ada', kind: 'user', password: 'correct horse battery' };
  const { status, body: made } = await api.call('POST', '/identities', { body });
  expect([status, made.secret]).toEqual([201, null]);
  expect(JSON.stringify(made)).not.toContain('horse');
  expect((await api.call('POST', '/identities', { body })).body.code).toBe('IdentityAlreadyExists');
});

test.each([
  ['a name that is none', { name: 'a b' }, 'name'],
  ['a role that is none', { name: 'a', role: 'King' }, 'role'],
  ['a scope that is none', { name: 'a', scope: 'here' }, 'scope'],
  ['a password of a program', { name: 'a', password: 'long enough it is' }, 'password'],
  ['a short password', { name: 'a', kind: 'user', password: 'short' }, 'password'],
])('%s is refused by its field', async (_what, body, field) => {
  const { status, body: answer } = await api.call('POST', '/identities', { body });
  expect([status, answer.code]).toEqual([400, 'BadArgument']);
  expect(answer.message).toContain(field);
});

test('a service principal gets no secret of its own choosing by a reset either', async () => {
  await api.call('POST', '/identities', { body: { name: 'robot' } });
  const { body } = await api.call('POST', '/identities/robot/resetSecret', { body: { password: 'long enough it is' } });
  expect(body.code).toBe('BadArgument');
});

/** Method, path, and what answers each role: that it may not, or anything else. */
const OTHER = '/subscriptions/sub/resourceGroups/rg/workspaces/other';
const CALLS: readonly (readonly [string, string, readonly string[]])[] = [
  ['GET', WORKSPACE, ['Owner', 'Contributor', 'Reader', 'Scorer']],
  ['GET', '/workspaces', ['Owner', 'Contributor', 'Reader', 'Scorer']],
  ['GET', '/clusters', ['Owner', 'Contributor', 'Reader']],
  ['GET', `${WORKSPACE}/models`, ['Owner', 'Contributor', 'Reader']],
  ['GET', `${WORKSPACE}/services/none`, ['Owner', 'Contributor', 'Reader', 'Scorer']],
  ['POST', `${WORKSPACE}/services/none/listKeys`, ['Owner', 'Contributor', 'Scorer']],
  ['POST', `${WORKSPACE}/models`, ['Owner', 'Contributor']],
  ['PATCH', WORKSPACE, ['Owner', 'Contributor']],
  ['PUT', `${WORKSPACE}/artifacts/${'a'.repeat(64)}`, ['Owner', 'Contributor']],
  ['PUT', `${WORKSPACE}/services/none`, ['Owner', 'Contributor']],
  ['GET', OTHER, []],
  ['PATCH', OTHER, []],
  ['GET', '/identities', []],
  ['POST', '/identities', []],
  ['POST', `/identities/${UNKNOWN}/resetSecret`, []],
];

describe.each(['Owner', 'Contributor', 'Reader', 'Scorer'])('%s of one workspace', (role) => {
  test.each(CALLS)('%s %s', async (method, path, allowed) => {
    const { token } = await as(role);
    const { status, body } = await api.call(method, path, { token });
    const said = status === 403 ? body.code : 'allowed';
    expect(said).toBe(allowed.includes(role) ? 'allowed' : 'Forbidden');
  });
});

test('an Owner of everything says who may do what', async () => {
  const { token } = await as('Owner', '/');
  expect((await api.call('POST', '/identities', { token, body: { name: 'other' } })).status).toBe(201);
  const body = { role: 'Reader' };
  expect((await api.call('PUT', '/identities/other/roles', { token, body })).body.roles).toEqual([
    { role: 'Reader', scope: '/' },
  ]);
  const revoked = await api.call('DELETE', '/identities/other/roles?role=Reader&scope=/', { token });
  expect(revoked.body.roles).toEqual([]);
});

test('a list of workspaces has those alone that the caller may look for', async () => {
  await api.call('PUT', OTHER, { body: {} });
  const { token } = await as('Reader');
  const names = async (options: object) =>
    (await api.call('GET', '/workspaces', options)).body.value.map(({ name }: { name: string }) => name);
  expect(await names({ token })).toEqual(['ws']);
  expect(await names({})).toEqual(['other', 'ws']);
});

test('a deployment is refused to a Reader before anything of it is read', async () => {
  const { token } = await as('Reader');
  const refused = await api.call('PUT', `${WORKSPACE}/services/mine`, { token, raw: 'no JSON' });
  expect(refused.body.code).toBe('Forbidden');
  const { id, token: contributor } = await as('Contributor');
  const body = await deployment(api);
  expect((await api.call('PUT', `${WORKSPACE}/services/mine`, { token: contributor, body })).status).toBe(202);
  await api.call('DELETE', `/identities/${id}`);
  expect((await api.call('GET', `${WORKSPACE}/services/mine`, { token: contributor })).status).toBe(401);
});

test('each route of identities needs what only an Owner has', () => {
  expect(Object.values(routes.identities).map(({ need }) => need)).toEqual(
    Object.values(routes.identities).map(() => 'manage'),
  );
});
