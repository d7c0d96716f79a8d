/** A kubeconfig from a connection: for people who look into a cluster that Farled was given. */
import { FarledError } from '@farled/contract';
import { stringify } from 'yaml';

import type { Connection } from './connection.ts';

/**
 * With one context of the given name, and no files.
 *
 * @throws FarledError Forbidden for the credential of a pod, which is a file there and of nobody else.
 */
export function kubeconfigText(connection: Connection, name: string): string {
  const { server, certificateAuthority, skipTlsVerify, tlsServerName } = connection;
  return stringify(
    {
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': name,
      contexts: [{ name, context: { cluster: name, user: name } }],
      clusters: [
        {
          name,
          cluster: {
            server,
            ...(certificateAuthority === null ? {} : { 'certificate-authority-data': base64(certificateAuthority) }),
            ...(skipTlsVerify ? { 'insecure-skip-tls-verify': true } : {}),
            ...(tlsServerName === null ? {} : { 'tls-server-name': tlsServerName }),
          },
        },
      ],
      users: [{ name, user: userOf(connection) }],
    },
    { lineWidth: 0 },
  );
}

function userOf({ credential }: Connection): Readonly<Record<string, string>> {
  switch (credential.kind) {
    case 'token':
      return { token: credential.token };
    case 'certificate':
      return {
        'client-certificate-data': base64(credential.certificate),
        'client-key-data': base64(credential.key),
      };
    case 'basic':
      return { username: credential.username, password: credential.password };
    case 'tokenFile':
      throw new FarledError(
        'Forbidden',
        "The cluster is the server's own, which it reaches as the service account of its pod.",
        { suggestion: 'Ask an administrator of the cluster for a kubeconfig.' },
      );
    case 'none':
      return {};
  }
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
