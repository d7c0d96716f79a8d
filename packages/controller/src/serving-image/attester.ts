/** Attaches documents to images beside everything else: nobody waits for them, and nothing fails with them. */
import { attach, formatReference, type Reference, type Registry } from '@farled/image';

import type { Attestations } from './attestations.ts';

export interface AttesterParts {
  readonly registry: Registry;
  /** How long the documents of one image may take. */
  readonly deadlineMs?: number;
}

const DEADLINE_MS = 5 * 60_000;

export class Attester implements AsyncDisposable {
  readonly #parts: AttesterParts;
  readonly #stop = new AbortController();
  readonly #running = new Set<Promise<void>>();

  constructor(parts: AttesterParts) {
    this.#parts = parts;
  }

  /** Returns at once; `log` is told when it did not work. */
  attest(image: Reference & { readonly digest: string }, documents: Attestations, log: (line: string) => void): void {
    const work = this.#attach(image, documents).catch((error: unknown) => {
      if (!this.#stop.signal.aborted) {
        const why = error instanceof Error ? error.message : String(error);
        log(`WARNING: No bill of materials and provenance could be attached to ${formatReference(image)}: ${why}`);
      }
    });
    this.#running.add(work);
    void work.finally(() => this.#running.delete(work));
  }

  /** Resolves when nothing is under way. */
  async settled(): Promise<void> {
    await Promise.all(this.#running);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort(new Error('the controller stops'));
    await this.settled();
  }

  async #attach(image: Reference & { readonly digest: string }, documents: Attestations): Promise<void> {
    const { registry, deadlineMs = DEADLINE_MS } = this.#parts;
    const signal = AbortSignal.any([this.#stop.signal, AbortSignal.timeout(deadlineMs)]);
    const name = `${image.host}/${image.repository}`;
    // One after the other: where the registry keeps no list of them, the second must see what the first wrote.
    for (const document of documents({ name, digest: image.digest })) {
      await attach(registry, image, document, signal);
    }
  }
}
