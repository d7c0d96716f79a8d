import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, onTestFinished, test } from 'vitest';

import { inClusterConnection, inClusterNamespace } from './in-cluster.ts';

async function account(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'farled-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'ca.crt'), 'authority');
  await writeFile(join(folder, 'token'), 'token');
  await writeFile(join(folder, 'namespace'), 'farled\n');
  return folder;
}

test.each([
  ['10.0.0.1', '6443', 'https://10.0.0.1:6443'],
  ['fd00::1', undefined, 'https://[fd00::1]:443'],
])('a pod finds its API server at %s', async (host, port, server) => {
  const folder = await account();
  expect(inClusterConnection({ KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port }, folder)).toEqual({
    server,
    certificateAuthority: 'authority',
    skipTlsVerify: false,
    tlsServerName: null,
    credential: { kind: 'tokenFile', path: join(folder, 'token') },
  });
  expect(inClusterNamespace(folder)).toBe('farled');
});

test('outside of a pod, or in one without an account, it says what is missing', async () => {
  const folder = await account();
  expect(() => inClusterConnection({}, folder)).toThrow(/KUBERNETES_SERVICE_HOST/);
  await rm(join(folder, 'ca.crt'));
  expect(() => inClusterConnection({ KUBERNETES_SERVICE_HOST: 'a' }, folder)).toThrow(/ca\.crt can't be read/);
});
