import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';

import { parseKubeconfig } from './kubeconfig.ts';
import { AUTHORITY, EXPIRED_CERTIFICATE, SERVER_CERTIFICATE, SERVER_KEY } from './testing/certificates.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

interface Parts {
  readonly cluster?: object;
  readonly user?: object | null;
  readonly more?: object;
}

function kubeconfig({ cluster = {}, user = { token: 'abc' }, more = {} }: Parts = {}): string {
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    preferences: {},
    'current-context': 'here',
    contexts: [
      { name: 'here', context: { cluster: 'home', user: 'me', namespace: 'n' } },
      { name: 'there', context: { cluster: 'away', user: 'me' } },
    ],
    clusters: [
      { name: 'home', cluster: { server: 'https://10.0.0.1:6443', ...cluster } },
      { name: 'away', cluster: { server: 'https://away.example/k8s/clusters/c-1', extensions: [] } },
    ],
    users: [{ name: 'me', user }],
    ...more,
  });
}

function refusal(text: string, context?: string) {
  try {
    parseKubeconfig(text, context);
  } catch (error) {
    return error as { readonly code: string; readonly message: string; readonly suggestion: string };
  }
  throw new Error('it was taken');
}

test('the current context is taken, or the one that is named', () => {
  expect(parseKubeconfig(kubeconfig())).toEqual({
    context: 'here',
    cluster: 'home',
    connection: {
      server: 'https://10.0.0.1:6443',
      certificateAuthority: null,
      skipTlsVerify: false,
      tlsServerName: null,
      credential: { kind: 'token', token: 'abc' },
    },
  });
  expect(parseKubeconfig(kubeconfig(), 'there')).toMatchObject({
    cluster: 'away',
    connection: { server: 'https://away.example/k8s/clusters/c-1' },
  });
});

test('JSON is taken as well', () => {
  const document = {
    'current-context': 'c',
    contexts: [{ name: 'c', context: { cluster: 'k', user: 'u' } }],
    clusters: [{ name: 'k', cluster: { server: 'https://a' } }],
    users: [{ name: 'u', user: { username: 'me', password: 'x' } }],
  };
  expect(parseKubeconfig(JSON.stringify(document)).connection.credential).toEqual({
    kind: 'basic',
    username: 'me',
    password: 'x',
  });
});

test('certificates, names and keys are taken out of their base64', () => {
  const cluster = { 'certificate-authority-data': base64(AUTHORITY), 'tls-server-name': 'kubernetes' };
  const user = {
    'client-certificate-data': base64(SERVER_CERTIFICATE),
    'client-key-data': base64(SERVER_KEY),
    token: 'x',
  };
  expect(parseKubeconfig(kubeconfig({ cluster, user })).connection).toMatchObject({
    certificateAuthority: AUTHORITY,
    tlsServerName: 'kubernetes',
    credential: { kind: 'certificate', certificate: SERVER_CERTIFICATE, key: SERVER_KEY },
  });
});

test('who does not check certificates needs no authority', () => {
  const cluster = { 'insecure-skip-tls-verify': true, 'certificate-authority': '/etc/ca.pem' };
  expect(parseKubeconfig(kubeconfig({ cluster })).connection).toMatchObject({
    skipTlsVerify: true,
    certificateAuthority: null,
  });
});

test('what stands beside the chosen context may be broken', () => {
  const more = {
    users: [
      { name: 'me', user: { token: 'abc' } },
      { name: 'other', user: { token: [1] } },
    ],
  };
  expect(parseKubeconfig(kubeconfig({ more })).context).toBe('here');
});

const FLATTEN = 'kubectl config view --flatten --minify --raw';
const MAKE_TOKEN = 'kubectl create token';

test.each<[string, Parts, string, string]>([
  ['an exec plugin', { user: { exec: { command: 'aws', args: ['eks'] } } }, 'from a program (aws)', MAKE_TOKEN],
  ['an auth-provider', { user: { 'auth-provider': { name: 'gcp' } } }, 'auth-provider', MAKE_TOKEN],
  ['no credential', { user: {} }, 'no credential', MAKE_TOKEN],
  ['no user at all', { user: null }, 'no credential', MAKE_TOKEN],
  ['a file of a token', { user: { tokenFile: '/a' } }, 'tokenFile', MAKE_TOKEN],
  [
    'a file of a certificate',
    { user: { 'client-certificate': '/a', 'client-key': '/b' } },
    'client-certificate',
    FLATTEN,
  ],
  ['a file of a key', { user: { 'client-certificate-data': 'x', 'client-key': '/b' } }, 'client-key', FLATTEN],
  ['a file of an authority', { cluster: { 'certificate-authority': 'ca.pem' } }, 'certificate-authority', FLATTEN],
  ['an authority that is none', { cluster: { 'certificate-authority-data': 'aaaa' } }, 'not a certificate', FLATTEN],
  ['somebody else', { user: { token: 'a', as: 'root' } }, 'acts as somebody else', 'Use a user'],
  ['a proxy', { cluster: { 'proxy-url': 'http://p' } }, 'proxy-url', 'directly'],
  ['clear text', { cluster: { server: 'http://a' } }, 'https://', 'HTTPS'],
  ['no scheme', { cluster: { server: '10.0.0.1:6443' } }, 'https://', 'HTTPS'],
  ['a password in the address', { cluster: { server: 'https://a:b@c' } }, 'more than host', 'users'],
  ['a number as a token', { user: { token: 7 } }, 'token: ', FLATTEN],
  ['a token of two lines', { user: { token: 'a\nb' } }, 'characters', MAKE_TOKEN],
  [
    'a certificate without its key',
    { user: { 'client-certificate-data': base64(SERVER_CERTIFICATE), 'client-key-data': base64('x') } },
    'not a private key',
    FLATTEN,
  ],
  [
    'the key of another certificate',
    { user: { 'client-certificate-data': base64(AUTHORITY), 'client-key-data': base64(SERVER_KEY) } },
    'not the key of',
    FLATTEN,
  ],
  ['no contexts', { more: { contexts: null } }, 'no contexts', FLATTEN],
  ['no current context', { more: { 'current-context': '' } }, 'no current-context', 'here, there'],
  ['an unknown current context', { more: { 'current-context': 'x' } }, 'no context x', 'here, there'],
  ['a context without its cluster', { more: { clusters: [] } }, 'names the cluster home', FLATTEN],
  ['a context without its user', { more: { users: null } }, 'names the user me', FLATTEN],
])('%s is refused with a remedy', (_what, parts, message, suggestion) => {
  expect(refusal(kubeconfig(parts))).toMatchObject({
    code: 'KubeconfigUnusable',
    message: expect.stringContaining(message),
    suggestion: expect.stringContaining(suggestion),
  });
});

test('the key of an expired certificate still fits', () => {
  const user = { 'client-certificate-data': base64(EXPIRED_CERTIFICATE), 'client-key-data': base64(SERVER_KEY) };
  expect(parseKubeconfig(kubeconfig({ user })).connection.credential.kind).toBe('certificate');
});

/** Lists of lists of lists, each of which repeats the one before. */
function billionLaughs(): string {
  const lines = ['a0: &a0 [x,x,x,x,x,x,x,x,x]'];
  for (let depth = 1; depth < 9; depth += 1) {
    lines.push(`a${depth}: &a${depth} [${`*a${depth - 1},`.repeat(9)}]`);
  }
  return lines.join('\n');
}

test.each([
  ['not YAML', 'a: [', /not YAML: \w+ in line 1, column \d/],
  ['not a mapping', 'hello', /not as it should be/],
  ['empty', '', /not as it should be/],
  ['of aliases that lead nowhere', 'contexts: *nowhere', /aliases/],
  ['too large', 'a'.repeat(1024 * 1024 + 1), /can't be one/],
  ['a billion laughs', billionLaughs(), /aliases/],
])('a document that is %s is refused', (_what, text, message) => {
  expect(refusal(text)).toMatchObject({ code: 'KubeconfigUnusable', message: expect.stringMatching(message) });
});

test('a refusal never quotes a credential, however the document is broken', () => {
  const secret = 'QzRkZGxlU2VjcmV0';
  const whole = kubeconfig({
    user: {
      token: `${secret}\u0001`,
      password: secret,
      'client-key-data': base64(secret),
      'client-certificate-data': secret,
    },
  });
  fc.assert(
    fc.property(fc.nat(whole.length), fc.nat(40), fc.string({ maxLength: 3 }), (at, length, put) => {
      const text = whole.slice(0, at) + put + whole.slice(at + length);
      try {
        parseKubeconfig(text);
      } catch (error) {
        const { code, message, suggestion, cause } = error as Error & { code: string; suggestion: string };
        expect(code).toBe('KubeconfigUnusable');
        expect(cause).toBeUndefined();
        expect(`${message} ${suggestion}`).not.toMatch(new RegExp(`${secret}|${base64(secret)}`));
      }
    }),
    { numRuns: 2000 },
  );
});
