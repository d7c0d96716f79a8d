/** Certificates for tests, each its own authority, by openssl. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import type { CertificateFile } from '../tls/certificate-files.ts';

const run = promisify(execFile);

/** Writes `<name>.pem` and `<name>.key`, in place of what is there. */
export async function makeCertificate(
  folder: string,
  name: string,
  names: readonly string[],
): Promise<CertificateFile> {
  const file = { cert: join(folder, `${name}.pem`), key: join(folder, `${name}.key`) };
  const options = `-x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 90 -subj /CN=${name}`;
  const subject = ['-addext', `subjectAltName=${names.map((one) => `DNS:${one}`).join(',')}`];
  await run('openssl', ['req', ...options.split(' '), ...subject, '-keyout', file.key, '-out', file.cert]);
  return file;
}

/** The certificate, for a client to trust it. */
export function trusted({ cert }: CertificateFile): Promise<string> {
  return readFile(cert, 'utf8');
}
