/** Certificates that only this cluster trusts, by openssl. */
import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { run } from './commands.ts';

/** Paths of PEM files. */
export interface Certificate {
  readonly certificate: string;
  readonly key: string;
}

const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-noenc'];
const DAYS = ['-days', '3650'];

export async function createAuthority(folder: string): Promise<Certificate> {
  const authority = authorityIn(folder);
  await sign(authority, 'farled-test-cluster');
  return authority;
}

export function authorityIn(folder: string): Certificate {
  return { certificate: join(folder, 'ca.pem'), key: join(folder, 'ca-key.pem') };
}

/** A serving certificate for these names: `IP:…` or `DNS:…`. */
export async function issueCertificate(
  authority: Certificate,
  { folder, name, names }: { readonly folder: string; readonly name: string; readonly names: readonly string[] },
): Promise<Certificate> {
  const issued = { certificate: join(folder, `${name}.pem`), key: join(folder, `${name}-key.pem`) };
  const signer = ['-CA', authority.certificate, '-CAkey', authority.key];
  const extensions = [`subjectAltName=${names.join(',')}`, 'basicConstraints=critical,CA:FALSE'];
  await sign(issued, name, [...signer, ...extensions.flatMap((extension) => ['-addext', extension])]);
  return issued;
}

/** Signed by its own key, unless the options name another signer. */
async function sign(
  { certificate, key }: Certificate,
  commonName: string,
  options: readonly string[] = [],
): Promise<void> {
  const files = ['-keyout', key, '-out', certificate];
  await run('openssl', ['req', '-x509', ...KEY, ...DAYS, '-subj', `/CN=${commonName}`, ...options, ...files]);
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
