import { FarledError } from '@farled/contract';
import { describe, expect, test } from 'vitest';

import { flattenKubeconfig } from './kubeconfig.ts';

const files: Readonly<Record<string, string>> = {
  'ca.crt': 'authority',
  'me.crt': 'me',
  'me.key': 'key',
  token: 't1\n',
};
const read = (path: string): Promise<Uint8Array> =>
  path in files ? Promise.resolve(Buffer.from(files[path] ?? '')) : Promise.reject(new Error(`no file ${path}`));
const flatten = async (text: string, context?: string): Promise<unknown> =>
  JSON.parse(await flattenKubeconfig({ file: 'config', text, context }, read));
const base64 = (text: string): string => Buffer.from(text).toString('base64');

function config({
  cluster = {},
  user = {},
  extra = '',
}: { cluster?: object; user?: object; extra?: string } = {}): string {
  return `
current-context: a
contexts: [{ name: a, context: { cluster: c, user: u, namespace: n } }, { name: b, context: { cluster: d, user: v } }]
clusters:
- ${JSON.stringify({ name: 'c', cluster: { server: 'https://c', ...cluster } })}
- { name: d, cluster: { server: 'https://d' } }
users:
- ${JSON.stringify({ name: 'u', user })}
- { name: v, user: { token: secret-of-v } }
${extra}`;
}

describe('a kubeconfig', () => {
  test('is sent with one context and what that is made of', async () => {
    expect(await flatten(config({ user: { token: 'secret-of-u' } }))).toEqual({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'a',
      contexts: [{ name: 'a', context: { cluster: 'c', user: 'u', namespace: 'n' } }],
      clusters: [{ name: 'c', cluster: { server: 'https://c' } }],
      users: [{ name: 'u', user: { token: 'secret-of-u' } }],
    });
    const other = JSON.stringify(await flatten(config({ user: { token: 'secret-of-u' } }), 'b'));
    expect(other).toContain('secret-of-v');
    expect(other).not.toContain('secret-of-u');
  });

  test.each<[what: string, given: Parameters<typeof config>[0], flat: object]>([
    [
      'an authority in a file',
      { cluster: { 'certificate-authority': 'ca.crt' } },
      { clusters: [{ cluster: { server: 'https://c', 'certificate-authority-data': base64('authority') } }] },
    ],
    [
      'an authority in a file and in itself, of which the latter counts',
      { cluster: { 'certificate-authority': 'gone', 'certificate-authority-data': 'x' } },
      { clusters: [{ cluster: { server: 'https://c', 'certificate-authority-data': 'x' } }] },
    ],
    [
      'a certificate with its key in files',
      { user: { 'client-certificate': 'me.crt', 'client-key': 'me.key' } },
      { users: [{ user: { 'client-certificate-data': base64('me'), 'client-key-data': base64('key') } }] },
    ],
    [
      'a token in a file, which counts before one in itself',
      { user: { tokenFile: 'token', token: 'old' } },
      { users: [{ user: { token: 't1' } }] },
    ],
    ['empty names of files', { user: { tokenFile: '', token: 't' } }, { users: [{ user: { token: 't' } }] }],
    [
      'a program, which the server refuses and says why',
      { user: { exec: { command: 'aws', args: ['x'] } } },
      { users: [{ user: { exec: { command: 'aws', args: ['x'] } } }] },
    ],
  ])('with %s', async (_what, given, flat) => {
    const flattened = (await flatten(config(given))) as Record<string, unknown[]>;
    expect(flattened).toMatchObject(flat);
    const [list = ''] = Object.keys(flat);
    expect(flattened[list]).toEqual([
      { name: expect.any(String) as string, ...((flat as typeof flattened)[list]?.[0] as object) },
    ]);
  });

  test.each<[what: string, text: string, context: string | undefined, says: string]>([
    ['a context that it does not have', config(), 'z', 'no context "z"'],
    ['no current context', config().replace('current-context: a', ''), undefined, 'no current-context'],
    ['a current context that it does not have', config().replace(': a\n', ': z\n'), undefined, 'no context "z"'],
    ['no contexts', 'clusters: []', undefined, 'has no contexts'],
    ['no fields', 'hunter2', undefined, 'not a kubeconfig'],
    ['nothing', '', undefined, 'not a kubeconfig'],
    ['an error of YAML', 'token: "hunter2\n}', undefined, 'is not YAML'],
    ['an alias that leads nowhere', 'contexts: *hunter2', undefined, 'not YAML|aliases'],
    ['aliases without end', bomb(), undefined, 'aliases'],
    ['a field twice', config({ extra: 'users: [hunter2]' }), undefined, 'DUPLICATE_KEY'],
  ])('with %s is refused without a word of it', async (_what, text, context, says) => {
    const refused = flatten(text, context);
    await expect(refused).rejects.toBeInstanceOf(FarledError);
    await expect(refused).rejects.toMatchObject({
      code: 'KubeconfigUnusable',
      message: expect.stringMatching(says),
      suggestion: expect.any(String) as string,
    });
    await expect(refused).rejects.not.toMatchObject({ message: expect.stringMatching(/hunter2|secret/) });
  });

  test('whose file can not be read says so', async () => {
    await expect(flatten(config({ user: { tokenFile: 'gone' } }))).rejects.toThrow('no file gone');
  });
});

function bomb(): string {
  const lines = Array.from({ length: 9 }, (_, at) => `a${at + 1}: &a${at + 1} [${`*a${at},`.repeat(9)}]`);
  return ['a0: &a0 [x,x,x,x,x,x,x,x,x]', ...lines, 'contexts: *a9'].join('\n');
}
