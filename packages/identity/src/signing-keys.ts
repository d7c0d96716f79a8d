/** The keys that tokens are signed with: made in time, kept encrypted in the record, gone when no token is of them. */
import { randomUUID } from 'node:crypto';

import { SERVICE_TOKENS, TokenKey } from '@farled/contract';
import type { Clock } from '@farled/service';
import type { Changes, SigningKeyRecord, SigningKeyStore } from '@farled/state';
import { type CryptoKey, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose';

import { planRotation } from './key-rotation.ts';

/** ES256: what every library that may have to check a token knows, with short signatures. */
export const ALGORITHM = SERVICE_TOKENS.algorithm;

interface SigningKey {
  /** `kid` of the tokens that it signs. */
  readonly id: string;
  readonly privateKey: CryptoKey;
}

export interface PublishedKeys {
  readonly keys: TokenKey[];
}

export interface SigningKeys {
  /** The one that signs. */
  current(): Promise<SigningKey>;
  /** The public halves of all whose tokens are taken; the same object until that changes. */
  published(): Promise<PublishedKeys>;
  /** All of them with their private halves, the one that signs first: for who signs by itself. */
  complete(): Promise<readonly JWK[]>;
  /** Signs with a new key from now on, and forgets all others: what they signed is taken no more. */
  replace(): Promise<void>;
  /** Makes the next key when it is due, and forgets those that no valid token is of. */
  rotate(): Promise<void>;
}

export interface SigningKeysParts {
  readonly store: SigningKeyStore;
  /** Of the record: a key that is removed there signs nothing any more, and is not published. */
  readonly changes: Changes;
  readonly purpose: SigningKeyRecord['purpose'];
  /** Of the tokens that are signed with them. */
  readonly lifetimeSeconds: number;
  readonly clock: Clock;
}

const DAY_MS = 86_400_000;
const RENEW_AFTER_MS = 30 * DAY_MS;
/** Access tokens are checked where they are made; routers may not hear of a key for a while. */
const PUBLISH_AHEAD_MS = { access: 0, service: DAY_MS } as const;
/** That those who check tokens forgive, and some. */
const CLOCK_SKEW_MS = 5 * 60_000;

export function openSigningKeys({ store, changes, purpose, lifetimeSeconds, clock }: SigningKeysParts): SigningKeys {
  const rules = {
    renewAfterMs: RENEW_AFTER_MS,
    publishAheadMs: PUBLISH_AHEAD_MS[purpose],
    keepMs: lifetimeSeconds * 1000 + CLOCK_SKEW_MS,
  };
  let known: Promise<readonly SigningKeyRecord[]> | undefined;
  changes.subscribe(({ kind }) => {
    if (kind === 'signingKey') {
      known = undefined;
    }
  });
  const addKey = async (): Promise<void> => {
    const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
    await store.add({ id: randomUUID(), purpose, privateKey: JSON.stringify(await exportJWK(privateKey)) });
  };
  const load = async (): Promise<readonly SigningKeyRecord[]> => {
    const present = await store.list(purpose);
    if (!planRotation(present, clock.now(), rules).isNextDue) {
      return present;
    }
    await addKey();
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
      const { signing } = planRotation(await records(), clock.now(), rules);
      if (signing === undefined) {
        throw new Error(`There is no ${purpose} signing key`);
      }
      return { id: signing.id, privateKey: await imported(signing) };
    },
    published: async () => publish(await records()),
    complete: async () => {
      const all = await records();
      const { signing } = planRotation(all, clock.now(), rules);
      return all
        .toSorted((one, other) => Number(other === signing) - Number(one === signing))
        .map(({ id, privateKey }) => ({ ...(JSON.parse(privateKey) as JWK), kid: id, alg: ALGORITHM, use: 'sig' }));
    },
    replace: async () => {
      const former = await store.list(purpose);
      await addKey();
      for (const { id } of former) {
        await store.remove(id);
      }
    },
    rotate: async () => {
      known = undefined;
      const { outlived } = planRotation(await records(), clock.now(), rules);
      for (const { id } of outlived) {
        await store.remove(id);
      }
    },
  };
}

/** A record is never changed: each key is taken in once, and not for every token. */
const importedKeys = new WeakMap<SigningKeyRecord, Promise<CryptoKey>>();

function imported(record: SigningKeyRecord): Promise<CryptoKey> {
  const known = importedKeys.get(record);
  if (known !== undefined) {
    return known;
  }
  const key = importJWK(JSON.parse(record.privateKey) as JWK, ALGORITHM) as Promise<CryptoKey>;
  importedKeys.set(record, key);
  return key;
}

const publishedKeys = new WeakMap<readonly SigningKeyRecord[], PublishedKeys>();

function publish(records: readonly SigningKeyRecord[]): PublishedKeys {
  const known = publishedKeys.get(records) ?? { keys: records.map(toPublic) };
  publishedKeys.set(records, known);
  return known;
}

/** Parsing leaves out what is private. */
function toPublic({ id, privateKey }: SigningKeyRecord): TokenKey {
  return TokenKey.parse({ ...(JSON.parse(privateKey) as JWK), kid: id });
}
