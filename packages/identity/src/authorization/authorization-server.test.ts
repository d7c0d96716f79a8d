import { decodeJwt } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { DEFAULT_TENANT } from '../caller.ts';
import { digestPassword, digestSecret } from '../secret-digest.ts';
import { DEVICE_CODE } from './clients.ts';
import {
  authorizeUrl,
  CLIENT,
  hiddenFields,
  PASSWORD,
  REDIRECT,
  SCOPE,
  startTestAuthorization,
  TENANT,
  type TestAuthorization,
  TestBrowser,
  VERIFIER,
} from './testing/test-server.ts';

let api: TestAuthorization;
let browser: TestBrowser;
beforeAll(async () => {
  api = await startTestAuthorization();
});
afterAll(() => api[Symbol.asyncDispose]());
beforeEach(() => {
  browser = new TestBrowser();
});

const asRobot = () => ({ grant_type: 'client_credentials', client_id: api.robot.id, client_secret: api.robot.secret });
const asAda = { name: 'ada', password: PASSWORD };

/** Logs in, and answers the code that the browser would send on. */
async function codeFor(who: Record<string, string> = asAda): Promise<string> {
  const page = await browser.open(authorizeUrl(api.url));
  return hiddenFields((await browser.submit(page, who)).html)['code'] ?? '';
}

const redeem = (code: string, changes: Record<string, string> = {}, tenant = 'x/organizations') =>
  api.post(`/adfs/${tenant}/oauth2/token`, {
    grant_type: 'authorization_code',
    client_id: CLIENT,
    code,
    redirect_uri: REDIRECT,
    code_verifier: VERIFIER,
    client_info: '1',
    ...changes,
  });

const refresh = (token: string, tenant = 'x/organizations') =>
  api.post(`/adfs/${tenant}/oauth2/token`, {
    grant_type: 'refresh_token',
    client_id: CLIENT,
    refresh_token: token,
    scope: SCOPE,
    client_info: '1',
  });

test.each(['any', 'x', TENANT, 'x/organizations', `x/${TENANT}`])('the tenant "%s" is discovered', async (tenant) => {
  const { status, body } = await api.get(`/adfs/${tenant}/.well-known/openid-configuration`);
  const base = `${api.url}/adfs/${tenant}`;
  expect([status, body]).toMatchObject([
    200,
    {
      authorization_endpoint: `${base}/oauth2/authorize`,
      token_endpoint: `${base}/oauth2/token`,
      device_authorization_endpoint: `${base}/oauth2/devicecode`,
      jwks_uri: `${base}/discovery/keys`,
      code_challenge_methods_supported: ['S256'],
    },
  ]);
  const { body: keys } = await api.get(`/adfs/${tenant}/discovery/keys`);
  expect(keys.keys).toMatchObject([{ kty: 'EC', crv: 'P-256', alg: 'ES256' }]);
  expect(keys.keys[0]).not.toHaveProperty('d');
});

describe('a service principal', () => {
  test.each([
    [TENANT, TENANT],
    ['any', 'any'],
    ['x/organizations', DEFAULT_TENANT],
  ])('gets a token of ours under the tenant "%s"', async (tenant, tid) => {
    const { status, body } = await api.post(`/adfs/${tenant}/oauth2/token`, { ...asRobot(), scope: SCOPE });
    expect([status, body]).toMatchObject([200, { token_type: 'Bearer', expires_in: 3600 }]);
    expect(body.scope).toContain('https://management.core.windows.net//.default');
    expect(await api.tokens.verify(body.access_token)).toMatchObject({
      id: api.robot.id,
      name: 'robot',
      tenantId: tid,
    });
    expect(Number.isInteger(decodeJwt(body.access_token).exp)).toBe(true);
  });

  test.each([
    ['another secret', { client_secret: 'wrong' }],
    ['the digest of its secret', { client_secret: digestSecret('secret-of-the-robot') }],
    ['an id that nobody has', { client_id: 'nobody' }],
    ['its name', { client_id: 'robot' }],
  ])('is refused with %s, told what to do', async (_what, changes) => {
    const { status, body } = await api.post('/adfs/any/oauth2/token', { ...asRobot(), scope: SCOPE, ...changes });
    expect([status, body.error]).toEqual([401, 'invalid_client']);
    expect(body.error_description).toContain('farled identity reset-secret');
    expect(JSON.stringify(body)).not.toContain(api.robot.secret);
  });

  test('may be none who logs in, nor may a person be one', async () => {
    const user = { ...asRobot(), client_id: api.user.id, client_secret: PASSWORD };
    expect((await api.post('/adfs/any/oauth2/token', user)).body.error).toBe('invalid_client');
    const page = await browser.open(authorizeUrl(api.url));
    expect((await browser.submit(page, { name: 'robot', password: api.robot.secret })).status).toBe(401);
    expect((await api.post('/adfs/any/oauth2/devicecode', { client_id: api.robot.id, scope: SCOPE })).status).toBe(401);
  });

  test('of another grant, or of none, is a bad request', async () => {
    for (const grant_type of ['password', 'implicit', 'authorization_code', '']) {
      const { status, body } = await api.post('/adfs/any/oauth2/token', { ...asRobot(), grant_type });
      expect([status, typeof body.error]).toEqual([400, 'string']);
    }
  });
});

describe('a login in a browser', () => {
  test('ends in tokens with all that MSAL reads', async () => {
    const page = await browser.open(authorizeUrl(api.url));
    expect(page.html).toContain('Azure Machine Learning asks to work with Farled as you.');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    const sent = await browser.submit(page, asAda);
    expect(sent.html).toContain(`action="${REDIRECT}"`);
    expect(hiddenFields(sent.html)).toMatchObject({ state: 'the-state' });
    const { status, body } = await redeem(hiddenFields(sent.html)['code'] ?? '');
    expect(status).toBe(200);
    expect(body.scope).toContain('https://management.core.windows.net//.default');
    const ada = { oid: api.user.id, tid: DEFAULT_TENANT, name: 'ada' };
    expect(decodeJwt(body.id_token)).toMatchObject({
      ...ada,
      aud: CLIENT,
      nonce: 'the-nonce',
      preferred_username: 'ada',
    });
    expect(decodeJwt(body.access_token)).toMatchObject(ada);
    expect(JSON.parse(Buffer.from(body.client_info, 'base64url').toString())).toEqual({
      uid: api.user.id,
      utid: DEFAULT_TENANT,
    });
    expect((await api.tokens.verify(body.access_token)).id).toBe(api.user.id);
  });

  test('lasts: over a restart, in several processes, and for other tenants', async () => {
    const { body } = await redeem(await codeFor());
    api.restart();
    const [one, two] = await Promise.all([refresh(body.refresh_token), refresh(body.refresh_token, `x/${TENANT}`)]);
    expect([one.status, two.status]).toEqual([200, 200]);
    expect(decodeJwt(two.body.access_token)).toMatchObject({ tid: TENANT });
    expect(two.body.client_info).toBeDefined();
    expect((await refresh(body.refresh_token)).status).toBe(200);
  });

  test('ends with a new password, and with the person', async () => {
    const secretDigest = await digestPassword(PASSWORD);
    const { id } = await api.state.identities.create({ name: 'leaver', kind: 'user', secretDigest });
    const leaver = { name: 'leaver', password: PASSWORD };
    const first = await redeem(await codeFor(leaver));
    await api.state.identities.setSecret(id, secretDigest);
    expect((await refresh(first.body.refresh_token)).body.error).toBe('invalid_grant');
    const second = await redeem(await codeFor(leaver));
    expect(second.status).toBe(200);
    await api.state.identities.delete(id);
    expect((await refresh(second.body.refresh_token)).body.error).toBe('invalid_grant');
  });

  test('a code is taken once, and what it gave ends when somebody tries again', async () => {
    const code = await codeFor();
    const { body } = await redeem(code);
    expect((await redeem(code)).body.error).toBe('invalid_grant');
    expect((await refresh(body.refresh_token)).body.error).toBe('invalid_grant');
  });

  test('of several who have a code at once, one gets tokens', async () => {
    const code = await codeFor();
    const answers = await Promise.all([1, 2, 3, 4].map(() => redeem(code)));
    expect(answers.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1);
  });

  test.each([
    ['another verifier', { code_verifier: 'w'.repeat(64) }, undefined],
    ['no verifier', { code_verifier: '' }, undefined],
    ['another redirect', { redirect_uri: 'http://localhost:9999' }, undefined],
    ['another tenant', {}, `x/${TENANT}`],
    ['another client', { client_id: 'nobody' }, undefined],
  ])('a code is refused with %s', async (_what, changes, tenant) => {
    const { status, body } = await redeem(await codeFor(), changes, tenant);
    expect(status).toBeLessThan(402);
    expect(['invalid_grant', 'invalid_request', 'invalid_client']).toContain(body.error);
    expect(body).not.toHaveProperty('access_token');
  });

  test.each([
    ['without PKCE', { code_challenge: undefined, code_challenge_method: undefined }],
    ['with a plain challenge', { code_challenge_method: 'plain' }],
    ['for a token in the address', { response_type: 'token' }],
  ])('is not begun %s', async (_what, changes) => {
    const page = await browser.open(authorizeUrl(api.url, changes));
    expect(page.html).not.toContain('name="password"');
    expect(hiddenFields(page.html)).not.toHaveProperty('code');
  });

  test.each([
    'http://localhost.evil.example/',
    'https://evil.example/',
    'http://evil.example:8400',
    'http://localhost:8400/path',
    'javascript:alert(1)',
  ])('is not sent on to %s', async (redirect_uri) => {
    const page = await browser.open(authorizeUrl(api.url, { redirect_uri }));
    expect([page.status, page.html.includes('role="alert"')]).toEqual([400, true]);
    expect(page.html).not.toContain('<form');
  });

  test.each([400, 80, 65535])('is sent on to whichever port the program listens at: %i', async (port) => {
    const page = await browser.open(authorizeUrl(api.url, { redirect_uri: `http://localhost:${port}` }));
    expect(page.html).toContain('name="password"');
  });

  test('asks again, also where somebody is logged in', async () => {
    await codeFor();
    expect((await browser.open(authorizeUrl(api.url))).html).toContain('name="password"');
  });

  test('that is cancelled tells the program so', async () => {
    const page = await browser.open(authorizeUrl(api.url));
    const sent = await browser.submit(page, { name: '', password: '', cancel: 'yes' });
    expect(hiddenFields(sent.html)).toMatchObject({ error: 'access_denied' });
  });

  test('goes on in the browser that began it, nowhere else', async () => {
    const page = await browser.open(authorizeUrl(api.url));
    const other = await new TestBrowser().submit(page, asAda);
    expect([other.status, other.html]).toEqual([400, expect.stringContaining('has ended, or was begun')]);
  });

  test('says the same of a wrong name and a wrong password, keeps the name, and makes guessing slow', async () => {
    const page = await browser.open(authorizeUrl(api.url, { login_hint: '"><b>' }));
    expect(page.html).toContain('value="&quot;&gt;&lt;b&gt;"');
    const nobody = await browser.submit(page, { name: 'nobody', password: PASSWORD });
    const wrong = await browser.submit(page, { name: 'ada', password: 'wrong' });
    expect([nobody.status, wrong.status]).toEqual([401, 401]);
    expect(wrong.html.replaceAll('"ada"', '')).toBe(nobody.html.replaceAll('"nobody"', ''));
    for (let time = 0; time < 5; time += 1) {
      await browser.submit(page, { name: 'guessed', password: 'wrong' });
    }
    const late = await browser.submit(page, { name: 'Guessed', password: PASSWORD });
    expect([late.status, late.headers.get('retry-after')]).toEqual([429, '5']);
    expect(late.html).toContain('try again in 5 seconds');
  });

  test('takes no form that is larger than one', async () => {
    const page = await browser.open(authorizeUrl(api.url));
    expect((await browser.submit(page, { name: 'ada', password: 'x'.repeat(100_000) })).status).toBe(401);
  });
});

describe('a login on a device', () => {
  const begin = async () => {
    const { body } = await api.post('/adfs/x/organizations/oauth2/devicecode', { client_id: CLIENT, scope: SCOPE });
    return body as { device_code: string; user_code: string; verification_uri: string; message: string };
  };
  const poll = (device_code: string, tenant = 'x/organizations') =>
    api.post(`/adfs/${tenant}/oauth2/token`, {
      grant_type: DEVICE_CODE,
      client_id: CLIENT,
      device_code,
      client_info: '1',
    });

  test('is told where to go, waits, and gets its tokens when the person has finished', async () => {
    const begun = await begin();
    expect(begun).toMatchObject({ interval: 5, expires_in: 900 });
    expect(begun.message).toContain(begun.user_code);
    expect((await poll(begun.device_code)).body.error).toBe('authorization_pending');
    const entry = await browser.open(begun.verification_uri);
    const confirm = await browser.submit(entry, { user_code: begun.user_code.toLowerCase().replace('-', '') });
    expect(confirm.html).toContain(begun.user_code);
    const login = await browser.submit(confirm, { confirm: 'yes' });
    expect((await poll(begun.device_code)).body.error).toBe('authorization_pending');
    const done = await browser.submit(login, asAda);
    expect(done.html).toContain('You are logged in');
    const { status, body } = await poll(begun.device_code);
    expect([status, decodeJwt(body.id_token)]).toMatchObject([200, { preferred_username: 'ada' }]);
    expect((await refresh(body.refresh_token)).status).toBe(200);
    expect((await poll(begun.device_code)).body.error).toBe('invalid_grant');
  });

  test('is stopped by the person, and told so', async () => {
    const begun = await begin();
    const confirm = await browser.submit(await browser.open(begun.verification_uri), { user_code: begun.user_code });
    expect((await browser.submit(confirm, { abort: 'yes' })).html).toContain('The login was stopped.');
    expect((await poll(begun.device_code)).body.error).toBe('access_denied');
  });

  test('is told nothing under another tenant', async () => {
    const begun = await begin();
    expect((await poll(begun.device_code, `x/${TENANT}`)).body.error).toBe('invalid_grant');
  });

  test.each([
    ['no code', ''],
    ['a code that there is not', 'BBBB-BBBB'],
    ['what is no code', '<script>'],
  ])('%s is told on the page, which asks again', async (_what, user_code) => {
    const page = await browser.submit(await browser.open((await begin()).verification_uri), { user_code });
    expect(page.html).toContain('role="alert"');
    expect(page.html).not.toContain('<script>');
    expect(page.html).toContain('name="user_code"');
  });

  test('a code is entered in a form of ours only', async () => {
    const begun = await begin();
    await browser.open(begun.verification_uri);
    const page = await browser.open(begun.verification_uri, { user_code: begun.user_code, confirm: 'yes', xsrf: 'x' });
    expect(page.html).not.toContain('name="password"');
    expect((await poll(begun.device_code)).body.error).toBe('authorization_pending');
  });
});

test.each([
  ['GET', '/adfs/any/oauth2/token'],
  ['POST', '/adfs/any/oauth2/introspect'],
  ['GET', '/adfs/any/login/none'],
  ['GET', '/adfs/any/oauth2/authorize/none'],
  ['GET', '/adfs/any/oauth2/deviceauth/none'],
  ['POST', '/adfs/any/oauth2/token'],
  ['POST', '/adfs/any/oauth2/deviceauth'],
  ['POST', '/adfs/any/oauth2/devicecode'],
  ['GET', '/adfs/any/oauth2/authorize?client_id=a&client_id=b'],
])('%s %s, which makes no sense, is refused and no failure of ours', async (method, path) => {
  const answer = await fetch(`${api.url}${path}`, { method, redirect: 'manual' });
  expect(answer.status).toBeGreaterThanOrEqual(400);
  expect(answer.status).toBeLessThan(500);
});

test('paths are the same in any case', async () => {
  const url = authorizeUrl(api.url).replace('/oauth2/authorize', '/OAuth2/Authorize').replace('/adfs/', '/ADFS/');
  const page = await browser.open(url);
  const sent = await browser.submit(page, asAda);
  expect((await redeem(hiddenFields(sent.html)['code'] ?? '')).body).toHaveProperty('refresh_token');
});

test('a form of a page whose session is over is told so', async () => {
  const { status, html } = await new TestBrowser().open(`${api.url}/adfs/any/oauth2/deviceauth`, {
    user_code: 'BBBB-BBBB',
  });
  expect([status, html]).toEqual([400, expect.stringContaining('has ended')]);
});

test('an address that begins logins without end is held up, in words that no client repeats', async () => {
  await using own = await startTestAuthorization();
  const begin = () => own.post('/adfs/any/oauth2/devicecode', { client_id: CLIENT, scope: SCOPE });
  const statuses = new Set<number>();
  for (let time = 0; time < 200; time += 1) {
    statuses.add((await begin()).status);
  }
  expect([...statuses]).toEqual([200]);
  expect(await begin()).toMatchObject({ status: 400, body: { error: 'temporarily_unavailable' } });
  const page = await browser.open(authorizeUrl(own.url));
  expect([page.status, page.html.includes('Too many logins')]).toEqual([400, true]);
  const { status } = await own.post('/adfs/any/oauth2/token', {
    grant_type: 'client_credentials',
    client_id: own.robot.id,
    client_secret: own.robot.secret,
  });
  expect(status).toBe(200);
});
