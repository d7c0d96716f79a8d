/** Which keys sign, come and go. Pure. */

export interface RotationRules {
  /** Age of the newest key at which the next one is made. */
  readonly renewAfterMs: number;
  /** How long a key is known before it signs: those who check tokens hear of it in that time. */
  readonly publishAheadMs: number;
  /** How long a key is known after the next one began to sign: as long as a token of it can be valid. */
  readonly keepMs: number;
}

export interface DatedKey {
  readonly id: string;
  readonly createdTime: string;
}

export interface Rotation<Key extends DatedKey> {
  /** Undefined when there is none. */
  readonly signing: Key | undefined;
  readonly isNextDue: boolean;
  /** No valid token is of these. */
  readonly outlived: readonly Key[];
}

/** `keys` are the newest first. */
export function planRotation<Key extends DatedKey>(
  keys: readonly Key[],
  now: number,
  { renewAfterMs, publishAheadMs, keepMs }: RotationRules,
): Rotation<Key> {
  const age = (key: Key): number => now - Date.parse(key.createdTime);
  // With none that is known for long enough, the one that is known longest signs: there is nothing to wait for.
  const signing = keys.find((key) => age(key) >= publishAheadMs) ?? keys.at(-1);
  const [newest] = keys;
  return {
    signing,
    isNextDue: newest === undefined || age(newest) >= renewAfterMs,
    outlived:
      signing !== undefined && age(signing) >= publishAheadMs + keepMs ? keys.slice(keys.indexOf(signing) + 1) : [],
  };
}
