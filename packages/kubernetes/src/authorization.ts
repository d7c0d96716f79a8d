/** The Authorization header of each request. */
import { readFile } from 'node:fs/promises';

import type { Clock } from '@farled/service';

import type { Connection } from './connection.ts';
import { KubernetesError } from './error.ts';

export interface Authorization {
  /** Undefined when the credential is not a header. */
  header(): Promise<string | undefined>;
  /** The API server refused it: whatever can be read anew is read anew. True when that makes a difference. */
  refused(): boolean;
}

/** Kubernetes replaces tokens of pods well before they expire; a minute is what its own clients use. */
const FRESH_MS = 60_000;

export function authorizationOf(credential: Connection['credential'], clock: Clock): Authorization {
  switch (credential.kind) {
    case 'token':
      return fixed(`Bearer ${credential.token}`);
    case 'basic':
      return fixed(`Basic ${Buffer.from(`${credential.username}:${credential.password}`).toString('base64')}`);
    case 'tokenFile':
      return fromFile(credential.path, clock);
    case 'certificate':
    case 'none':
      return fixed(undefined);
  }
}

function fixed(header: string | undefined): Authorization {
  return { header: () => Promise.resolve(header), refused: () => false };
}

function fromFile(path: string, clock: Clock): Authorization {
  let known: { readonly header: string; readonly readAt: number } | undefined;
  return {
    async header() {
      const age = known === undefined ? Number.POSITIVE_INFINITY : clock.now() - known.readAt;
      // A clock that was set back must not keep an old token.
      if (known === undefined || age < 0 || age >= FRESH_MS) {
        known = { header: `Bearer ${await readToken(path)}`, readAt: clock.now() };
      }
      return known.header;
    },
    refused() {
      const readNow = known === undefined || known.readAt === clock.now();
      known = undefined;
      return !readNow;
    },
  };
}

async function readToken(path: string): Promise<string> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (cause) {
    throw new KubernetesError('Unauthorized', `The service account's token, ${path}, can't be read.`, {
      suggestion: 'Set automountServiceAccountToken of the pod or of its service account.',
      cause,
    });
  }
}
