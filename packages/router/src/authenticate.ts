/** Whether a request has one of the keys, in a time that does not tell how near it was. */
import { createHash, timingSafeEqual } from 'node:crypto';

const REMEMBERED = 256;
const BEARER = /^Bearer +(\S+)$/i;

/** What is sent in the header Authorization, key or token; undefined when it is of another form. */
export function credentialIn(authorization: string): string | undefined {
  return BEARER.exec(authorization)?.[1];
}

export class KeyRing {
  readonly #digests: readonly Buffer[];
  /** Headers that were right: the same few come again and again. */
  readonly #right = new Set<string>();

  constructor(digests: readonly string[]) {
    this.#digests = digests.map((digest) => Buffer.from(digest, 'hex'));
  }

  admits(authorization: string | undefined): boolean {
    if (authorization === undefined) {
      return false;
    }
    if (this.#right.has(authorization)) {
      return true;
    }
    const key = credentialIn(authorization);
    if (key === undefined) {
      return false;
    }
    const digest = createHash('sha256').update(key).digest();
    // Every digest is compared, whichever is right.
    const right = this.#digests.filter((known) => timingSafeEqual(known, digest)).length > 0;
    if (right && this.#right.size < REMEMBERED) {
      this.#right.add(authorization);
    }
    return right;
  }
}
