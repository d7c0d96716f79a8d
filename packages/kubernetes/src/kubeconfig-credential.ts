/** Credential and certificate authority of a kubeconfig, as far as they stand in the file itself. */
import { createPrivateKey, X509Certificate } from 'node:crypto';

import type { Connection } from './connection.ts';
import { unusable } from './kubeconfig-problem.ts';
import type { KubeCluster, KubeUser } from './kubeconfig-schema.ts';

const MAKE_TOKEN =
  'Make a token for a service account and use it as token: `kubectl create token <account> --duration 8760h`, or a ' +
  'Secret of type kubernetes.io/service-account-token.';

export function certificateAuthorityOf(cluster: KubeCluster, name: string): string | null {
  if (cluster['insecure-skip-tls-verify'] === true) {
    return null;
  }
  const data = cluster['certificate-authority-data'];
  if (data) {
    return certificatesIn(data, `certificate-authority-data of cluster ${name}`);
  }
  if (cluster['certificate-authority']) {
    throw fileNamed(`Cluster ${name}`, 'certificate-authority');
  }
  return null;
}

/** What an API server would go by first when a user has several: certificate, then token, then password. */
export function credentialOf(user: KubeUser, name: string): Connection['credential'] {
  if (user.as || user['as-uid'] || (user['as-groups']?.length ?? 0) > 0) {
    throw unusable(
      `User ${name} of the kubeconfig acts as somebody else (as), which is not supported.`,
      'Use a user that has the permissions itself.',
    );
  }
  const [certificate, key] = [user['client-certificate-data'], user['client-key-data']];
  if (certificate && key) {
    return pairOf(certificate, key, name);
  }
  if (user.token) {
    return { kind: 'token', token: tokenOf(user.token, name) };
  }
  if (user.username && user.password) {
    return { kind: 'basic', username: user.username, password: user.password };
  }
  throw noCredential(user, name);
}

function noCredential(user: KubeUser, name: string): Error {
  if (user.exec) {
    const command = user.exec.command ? ` (${user.exec.command})` : '';
    return unusable(
      `User ${name} of the kubeconfig gets its credential from a program${command}, and Farled runs no programs that files name.`,
      MAKE_TOKEN,
    );
  }
  if (user['auth-provider']) {
    return unusable(
      `User ${name} of the kubeconfig gets its credential from an auth-provider, which is not supported.`,
      MAKE_TOKEN,
    );
  }
  for (const field of ['client-certificate', 'client-key'] as const) {
    if (user[field] && !user[`${field}-data`]) {
      return fileNamed(`User ${name}`, field);
    }
  }
  if (user.tokenFile) {
    return unusable(`User ${name} of the kubeconfig names a file (tokenFile), and files are not read.`, MAKE_TOKEN);
  }
  return unusable(`User ${name} of the kubeconfig has no credential that can be used.`, MAKE_TOKEN);
}

function pairOf(certificateData: string, keyData: string, name: string): Connection['credential'] {
  const certificate = certificatesIn(certificateData, `client-certificate-data of user ${name}`);
  const key = Buffer.from(keyData, 'base64').toString('utf8');
  let matches: boolean;
  try {
    matches = new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key));
  } catch {
    throw unusable(`The client-key-data of user ${name} is not a private key in PEM without a passphrase.`, undefined);
  }
  if (!matches) {
    throw unusable(`The client-key-data of user ${name} is not the key of its client-certificate-data.`, undefined);
  }
  return { kind: 'certificate', certificate, key };
}

function certificatesIn(data: string, what: string): string {
  const pem = Buffer.from(data, 'base64').toString('utf8');
  if (!isCertificate(pem)) {
    throw unusable(`The ${what} is not a certificate in PEM, encoded in base64.`, undefined);
  }
  return pem;
}

/** Looks at the first and ignores what follows, as bundles have it. */
function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).fingerprint256 !== '';
  } catch {
    return false;
  }
}

/** It becomes a header: line ends and the like would make every request fail. */
function tokenOf(token: string, name: string): string {
  const trimmed = token.trim();
  if (!/^[\x21-\x7e]+$/.test(trimmed)) {
    throw unusable(`The token of user ${name} has characters that no token has.`, MAKE_TOKEN);
  }
  return trimmed;
}

function fileNamed(who: string, field: string): Error {
  return unusable(
    `${who} of the kubeconfig names a file (${field}), which is not in it.`,
    'Write one that holds everything with `kubectl config view --flatten --minify --raw`.',
  );
}
