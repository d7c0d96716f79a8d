/** Bodies that ended the Python process twice: they are refused, and kept for whoever looks for the cause. */
import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface QuarantineParts {
  /** Where they are kept, readable by the replica's user alone. */
  readonly folder: string;
  readonly log: (line: string) => void;
}

/** A process may end once for reasons of its own. */
const TO_BE_REFUSED = 2;
/** Digests that are remembered: the oldest goes. */
const MOST_DIGESTS = 1000;
const MOST_KEPT = 10;
const LARGEST_KEPT_BYTES = 1024 * 1024;

export class Quarantine {
  readonly #parts: QuarantineParts;
  readonly #ends = new Map<string, number>();
  #kept = 0;

  constructor(parts: QuarantineParts) {
    this.#parts = parts;
  }

  /** The digest of a body that is refused; null lets it through. Costs nothing while no process has ended. */
  refuses(body: readonly Uint8Array[]): string | null {
    if (this.#ends.size === 0) {
      return null;
    }
    const digest = digestOf(body);
    return (this.#ends.get(digest) ?? 0) >= TO_BE_REFUSED ? digest : null;
  }

  /** The process that scored it ended. Resolves when all that is kept of it is written. */
  async note(body: readonly Uint8Array[]): Promise<void> {
    const digest = digestOf(body);
    const ends = (this.#ends.get(digest) ?? 0) + 1;
    this.#ends.delete(digest);
    this.#ends.set(digest, ends);
    const [oldest] = this.#ends.keys();
    if (this.#ends.size > MOST_DIGESTS && oldest !== undefined) {
      this.#ends.delete(oldest);
    }
    if (ends === TO_BE_REFUSED) {
      await this.#keep(digest, body);
    }
  }

  async #keep(digest: string, body: readonly Uint8Array[]): Promise<void> {
    const { folder, log } = this.#parts;
    const bytes = body.reduce((sum, piece) => sum + piece.length, 0);
    const what = `A body of ${bytes} bytes (SHA-256 ${digest}) ended the Python process ${TO_BE_REFUSED} times and is refused from now on`;
    if (this.#kept === MOST_KEPT) {
      log(`${what}; ${MOST_KEPT} are kept already, this one is not.`);
      return;
    }
    this.#kept += 1;
    const path = join(folder, digest);
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await writeFile(path, Buffer.concat(body).subarray(0, LARGEST_KEPT_BYTES), { mode: 0o600 });
      log(`${what}; ${bytes > LARGEST_KEPT_BYTES ? `its first ${LARGEST_KEPT_BYTES} bytes are` : 'it is'} in ${path}.`);
    } catch (error) {
      log(`${what}; it could not be kept: ${String(error)}`);
    }
  }
}

function digestOf(body: readonly Uint8Array[]): string {
  const hash = createHash('sha256');
  body.forEach((piece) => hash.update(piece));
  return hash.digest('hex');
}
