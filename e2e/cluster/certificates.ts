/** Certificates that only this cluster trusts, by openssl. */
import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { run } from './commands.ts';

export interface Authority {
  readonly certificate: string;
  readonly key: string;
}

export interface Certificate {
  readonly certificate: string;
  readonly key: string;
}

const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-noenc'];
const DAYS = ['-days', '3650'];

export async function createAuthority(folder: string): Promise<Authority> {
  const authority = authorityIn(folder);
  await run('openssl', [
    ...['req', '-x509', ...KEY, ...DAYS, '-subj', '/CN=farled-test-cluster'],
    ...['-keyout', authority.key, '-out', authority.certificate],
  ]);
  return authority;
}

export function authorityIn(folder: string): Authority {
  return { certificate: join(folder, 'ca.pem'), key: join(folder, 'ca-key.pem') };
}

/** A serving certificate for these names: `IP:…` or `DNS:…`. */
export async function issueCertificate(
  authority: Authority,
  { folder, name, names }: { readonly folder: string; readonly name: string; readonly names: readonly string[] },
): Promise<Certificate> {
  const issued = { certificate: join(folder, `${name}.pem`), key: join(folder, `${name}-key.pem`) };
  await run('openssl', [
    ...['req', '-x509', ...KEY, ...DAYS, '-subj', `/CN=${name}`],
    ...['-CA', authority.certificate, '-CAkey', authority.key],
    ...['-addext', `subjectAltName=${names.join(',')}`, '-addext', 'basicConstraints=critical,CA:FALSE'],
    ...['-keyout', issued.key, '-out', issued.certificate],
  ]);
  return issued;
}

/** The key that signs service accounts' tokens. */
export async function createSigningKey(file: string): Promise<void> {
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  });
  await writeFile(file, privateKey, { mode: 0o600 });
}
