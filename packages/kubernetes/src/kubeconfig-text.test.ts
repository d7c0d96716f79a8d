import { expect, test } from 'vitest';

import type { Connection } from './connection.ts';
import { kubeconfigText } from './kubeconfig-text.ts';
import { parseKubeconfig } from './kubeconfig.ts';
import { AUTHORITY, SERVER_CERTIFICATE, SERVER_KEY } from './testing/certificates.ts';

const CONNECTION: Connection = {
  server: 'https://10.0.0.1:6443',
  certificateAuthority: AUTHORITY,
  skipTlsVerify: false,
  tlsServerName: 'kube.example',
  credential: { kind: 'token', token: 'abc' },
};

test.each<[string, Partial<Connection>]>([
  ['a token', {}],
  ['a certificate', { credential: { kind: 'certificate', certificate: SERVER_CERTIFICATE, key: SERVER_KEY } }],
  ['a password', { credential: { kind: 'basic', username: 'me', password: 'secret: #"' } }],
  ['trust in all', { certificateAuthority: null, skipTlsVerify: true, tlsServerName: null }],
])('a kubeconfig with %s is read as what it was written from', (_what, changes) => {
  const connection = { ...CONNECTION, ...changes };
  expect(parseKubeconfig(kubeconfigText(connection, 'myaks'))).toEqual({
    context: 'myaks',
    cluster: 'myaks',
    connection,
  });
});

test('the credential of a pod is not handed out', () => {
  const connection: Connection = { ...CONNECTION, credential: { kind: 'tokenFile', path: '/var/run/token' } };
  expect(() => kubeconfigText(connection, 'myaks')).toThrow('service account of its pod');
});
