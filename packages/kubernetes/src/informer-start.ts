/** Follows a set of objects: the loop around an informer's decisions. */
import type { Clock, Logger } from '@farled/service';

import { abortable } from './abortable.ts';
import { describeCollection } from './address.ts';
import type { KubernetesClient, ListOptions } from './client.ts';
import { InformerCache } from './informer-cache.ts';
import type { Change } from './informer-cache.ts';
import { nextStep } from './informer-step.ts';
import type { Informer, ObjectChanged } from './informer.ts';
import type { Kind } from './kinds.ts';
import type { KubernetesObject } from './objects.ts';
import type { WatchEvent } from './watch-events.ts';

export interface InformerOptions<Read extends KubernetesObject> extends ListOptions {
  /** What is kept of each object, to save memory. `metadata.managedFields` is never kept. */
  readonly select?: (object: Read) => Read;
  /**
   * Longest wait between attempts while the API server is away; 30 seconds when not said, as controllers of Kubernetes
   * wait. Shorter where the few who follow have to know at once that it is back.
   */
  readonly longestWaitMs?: number;
}

export interface InformerParts {
  readonly clock: Clock;
  readonly log: Logger;
  /** In [0, 1), for the spread of delays. */
  readonly random?: () => number;
}

/**
 * Lists and watches until it is disposed of. `changed` is called for each change, in order, when the copy holds it
 * already; what it throws is logged.
 */
export function startInformer<Read extends KubernetesObject>(
  client: Pick<KubernetesClient, 'listAt' | 'watch'>,
  kind: Kind<Read>,
  options: InformerOptions<Read>,
  changed: ObjectChanged<Read>,
  parts: InformerParts,
): Informer<Read> {
  return new WatchingInformer(client, kind, options, changed, parts);
}

const DISPOSED = new Error('the informer was disposed of');
/** Between five and ten minutes, so that many informers do not all return at once. */
const SHORTEST_WATCH_SECONDS = 300;
const LONGEST_WAIT_MS = 30_000;

class WatchingInformer<Read extends KubernetesObject> implements Informer<Read> {
  readonly #client: Pick<KubernetesClient, 'listAt' | 'watch'>;
  readonly #kind: Kind<Read>;
  readonly #options: ListOptions;
  readonly #longestWaitMs: number;
  readonly #changed: ObjectChanged<Read>;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #random: () => number;
  readonly #cache: InformerCache<Read>;
  readonly #stop = new AbortController();
  readonly #synced = Promise.withResolvers<void>();
  readonly #ended: Promise<void>;
  #current = false;
  /** Where the next watch goes on; undefined before a list. */
  #version: string | undefined;

  constructor(
    client: Pick<KubernetesClient, 'listAt' | 'watch'>,
    kind: Kind<Read>,
    { select, longestWaitMs = LONGEST_WAIT_MS, ...options }: InformerOptions<Read>,
    changed: ObjectChanged<Read>,
    { clock, log, random = Math.random }: InformerParts,
  ) {
    this.#client = client;
    this.#kind = kind;
    this.#options = options;
    this.#longestWaitMs = longestWaitMs;
    this.#changed = changed;
    this.#clock = clock;
    this.#log = log.child({ watching: describeCollection(kind, options.namespace) });
    this.#random = random;
    this.#cache = new InformerCache(select);
    // Nobody need wait for it.
    this.#synced.promise.catch(() => {});
    this.#ended = this.#follow();
  }

  get current(): boolean {
    return this.#current;
  }

  get size(): number {
    return this.#cache.size;
  }

  get(namespace: string | undefined, name: string): Read | undefined {
    return this.#cache.get(namespace, name);
  }

  all(): Iterable<Read> {
    return this.#cache.all();
  }

  synced(signal: AbortSignal): Promise<void> {
    return abortable(this.#synced.promise, signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#current = false;
    this.#synced.reject(DISPOSED);
    this.#stop.abort(DISPOSED);
    await this.#ended;
  }

  async #follow(): Promise<void> {
    const { signal } = this.#stop;
    let failures = 0;
    while (!signal.aborted) {
      const phase = this.#version === undefined ? 'list' : 'watch';
      const turn = phase === 'list' ? await this.#list() : await this.#watch();
      this.#current = false;
      if (signal.aborted || (phase === 'list' && turn.error === undefined)) {
        continue;
      }
      const next = nextStep({
        phase,
        ...turn,
        failures,
        random: this.#random(),
        longestWaitMs: this.#longestWaitMs,
      });
      failures = next.failures;
      if (next.relist) {
        this.#version = undefined;
      }
      this.#tell(turn.error, next);
      // Rejects when disposed of, which the loop's condition sees.
      await this.#clock.sleep(next.waitMs, signal).catch(() => {});
    }
  }

  async #list(): Promise<Turn> {
    try {
      const { items, resourceVersion } = await this.#client.listAt(
        this.#kind,
        this.#options,
        (object) => this.#cache.read(object),
        this.#stop.signal,
      );
      this.#version = resourceVersion;
      this.#emit(this.#cache.replace(items));
      this.#synced.resolve();
      return { error: undefined, lastedMs: 0 };
    } catch (error) {
      return { error, lastedMs: 0 };
    }
  }

  async #watch(): Promise<Turn> {
    let since: number | undefined;
    const lasted = (): number => (since === undefined ? 0 : this.#clock.now() - since);
    try {
      const timeoutSeconds = Math.round(SHORTEST_WATCH_SECONDS * (1 + this.#random()));
      const events = await this.#client.watch(
        this.#kind,
        { ...this.#options, resourceVersion: this.#version ?? '', timeoutSeconds },
        this.#stop.signal,
      );
      since = this.#clock.now();
      this.#current = !this.#stop.signal.aborted;
      for await (const event of events) {
        if (this.#stop.signal.aborted) {
          break;
        }
        this.#take(event);
      }
      return { error: undefined, lastedMs: lasted() };
    } catch (error) {
      return { error, lastedMs: lasted() };
    }
  }

  #take(event: WatchEvent<Read>): void {
    if (event.type === 'BOOKMARK') {
      this.#version = event.resourceVersion || this.#version;
      return;
    }
    this.#version = event.object.metadata.resourceVersion ?? this.#version;
    this.#emit(event.type === 'DELETED' ? this.#cache.remove(event.object) : this.#cache.set(event.object));
  }

  #emit(changes: readonly Change<Read>[]): void {
    for (const { before, after } of changes) {
      if (this.#stop.signal.aborted) {
        return;
      }
      try {
        this.#changed(before, after);
      } catch (error) {
        this.#log.error({ err: error }, 'who was told of a change failed');
      }
    }
  }

  #tell(error: unknown, next: { readonly waitMs: number; readonly relist: boolean; readonly failures: number }): void {
    if (error === undefined) {
      return;
    }
    const fields = { reason: error instanceof Error ? error.message : 'unknown', ...next };
    // Each outage is told once; its repetitions are for who looks closer.
    if (next.failures === 1) {
      this.#log.warn(fields, 'a list or watch broke off');
    } else {
      this.#log.debug(fields, 'a list or watch broke off again');
    }
  }
}

interface Turn {
  readonly error: unknown;
  readonly lastedMs: number;
}
