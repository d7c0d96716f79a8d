/** Opens a watch and gives up on one that has gone silent. */
import type { Clock } from '@farled/service';

import type { Call } from './call.ts';
import { timeoutError } from './connection-error.ts';
import type { KubernetesObject } from './objects.ts';
import type { Requester } from './requester.ts';
import { watchEvents } from './watch-events.ts';
import type { WatchEvent } from './watch-events.ts';

/** The API server sends the head of a watch at once. */
const HEAD_MS = 30_000;
/** The API server ends a watch itself: silence for this much longer means that it is gone. */
const GRACE_MS = 30_000;

export async function openWatch<Read extends KubernetesObject>(
  { requester, clock }: { readonly requester: Requester; readonly clock: Clock },
  call: Call,
  timeoutSeconds: number,
  signal: AbortSignal,
): Promise<AsyncIterable<WatchEvent<Read>>> {
  const silence = new Silence(clock, timeoutSeconds * 1000 + GRACE_MS, signal);
  try {
    const chunks = await requester.stream(call, { headMs: HEAD_MS, repeat: false }, silence.signal);
    return watchEvents<Read>(call, heard(call, chunks, silence));
  } catch (error) {
    silence.end();
    throw error;
  }
}

async function* heard(call: Call, chunks: AsyncIterable<Buffer>, silence: Silence): AsyncGenerator<Buffer, void, void> {
  try {
    for await (const chunk of chunks) {
      silence.broken();
      yield chunk;
    }
  } catch (error) {
    throw silence.tooLong ? timeoutError(call, silence.limitMs) : error;
  } finally {
    silence.end();
  }
}

/** Aborts its signal when nothing broke it for the limit. One timer, however many bytes come. */
class Silence {
  readonly limitMs: number;
  readonly #clock: Clock;
  readonly #outer: AbortSignal;
  readonly #controller = new AbortController();
  readonly #onAbort = (): void => this.#controller.abort(this.#outer.reason);
  #lastHeard: number;
  #cancel: () => void;
  tooLong = false;

  constructor(clock: Clock, limitMs: number, outer: AbortSignal) {
    this.limitMs = limitMs;
    this.#clock = clock;
    this.#outer = outer;
    this.#lastHeard = clock.now();
    this.#cancel = this.#wait(limitMs);
    if (outer.aborted) {
      this.#onAbort();
    }
    outer.addEventListener('abort', this.#onAbort, { once: true });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  broken(): void {
    this.#lastHeard = this.#clock.now();
  }

  end(): void {
    this.#cancel();
    this.#outer.removeEventListener('abort', this.#onAbort);
  }

  #wait(milliseconds: number): () => void {
    return this.#clock.after(milliseconds, () => {
      const left = this.#lastHeard + this.limitMs - this.#clock.now();
      if (left > 0) {
        // Never longer than the limit: the clock may have been set back.
        this.#cancel = this.#wait(Math.min(left, this.limitMs));
        return;
      }
      this.tooLong = true;
      this.#controller.abort(new Error('nothing was heard for too long'));
    });
  }
}
