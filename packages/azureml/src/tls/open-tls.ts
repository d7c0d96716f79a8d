/** The certificate of the compatible API: made on the first start, and anew before it ends or when names come. */
import { mkdir, readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

import { type Clock, writeFileAtomically } from '@farled/service';

import { type KeyedCertificate, makeAuthority, makeServerCertificate, serves } from './certificates.ts';

export interface Tls extends KeyedCertificate {
  /** Certificate of the authority that clients are to trust, PEM. */
  readonly authority: string;
}

/** A server that is started rarely must not run into the end of its certificate. */
const RENEW_BEFORE_MS = 60 * 24 * 60 * 60 * 1000;

/**
 * @param folder private; holds `ca.crt`, `ca.key`, `server.crt`, `server.key`.
 * @param called what files of the certificate are called in place of `server`.
 */
export async function openTls(folder: string, names: readonly string[], clock: Clock, called = 'server'): Promise<Tls> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const keep = async (name: string, made: KeyedCertificate): Promise<KeyedCertificate> => {
    await writeFileAtomically(join(folder, `${name}.key`), made.key, 0o600);
    await writeFileAtomically(join(folder, `${name}.crt`), made.cert, 0o644);
    return made;
  };
  const authority =
    (await kept(folder, 'ca')) ?? (await keep('ca', await makeAuthority(clock.now(), `Farled on ${hostname()}`)));
  const present = await kept(folder, called);
  const server =
    present !== undefined && serves(present.cert, authority.cert, names, clock.now() + RENEW_BEFORE_MS)
      ? present
      : await keep(called, await makeServerCertificate(clock.now(), authority, names));
  return { ...server, authority: authority.cert };
}

/** Undefined when it is not there, or only in part: the key is written first. */
async function kept(folder: string, name: string): Promise<KeyedCertificate | undefined> {
  try {
    const [cert, key] = await Promise.all(
      ['crt', 'key'].map((kind) => readFile(join(folder, `${name}.${kind}`), 'utf8')),
    );
    return cert === undefined || key === undefined ? undefined : { cert, key };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return undefined;
    }
    throw error;
  }
}
