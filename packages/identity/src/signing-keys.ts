/** The keys that tokens are signed with: made on the first use, kept encrypted in the record. */
import { randomUUID } from 'node:crypto';

import type { SigningKeyRecord, SigningKeyStore } from '@farled/state';
import { type CryptoKey, exportJWK, generateKeyPair, importJWK, type JSONWebKeySet, type JWK } from 'jose';

/** ES256: what every library that may have to check a token knows, with short signatures. */
export const ALGORITHM = 'ES256';

export interface SigningKey {
  readonly id: string;
  readonly privateKey: CryptoKey;
}

export interface SigningKeys {
  /** The one that signs. */
  current(): Promise<SigningKey>;
  /** All whose tokens are still taken. */
  published(): Promise<JSONWebKeySet>;
}

export function openSigningKeys(store: SigningKeyStore, purpose: SigningKeyRecord['purpose']): SigningKeys {
  let known: Promise<readonly SigningKeyRecord[]> | undefined;
  const load = async (): Promise<readonly SigningKeyRecord[]> => {
    if ((await store.list(purpose)).length === 0) {
      const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
      await store.add({ id: randomUUID(), purpose, privateKey: JSON.stringify(await exportJWK(privateKey)) });
    }
    return store.list(purpose);
  };
  const records = (): Promise<readonly SigningKeyRecord[]> => {
    known ??= load().catch((error: unknown) => {
      known = undefined;
      throw error;
    });
    return known;
  };
  return {
    current: async () => {
      const [newest] = await records();
      if (newest === undefined) {
        throw new Error(`There is no ${purpose} signing key`);
      }
      const privateKey = (await importJWK(JSON.parse(newest.privateKey) as JWK, ALGORITHM)) as CryptoKey;
      return { id: newest.id, privateKey };
    },
    published: async () => ({ keys: (await records()).map(toPublic) }),
  };
}

function toPublic({ id, privateKey }: SigningKeyRecord): JWK {
  const { d: _, ...open } = JSON.parse(privateKey) as JWK;
  return { ...open, kid: id, alg: ALGORITHM, use: 'sig' };
}
