/** New lines of replicas as they are written, whichever replicas come and go meanwhile. */
import type { Clock } from '@farled/service';

import { Channel } from './channel.ts';

/** Something that lines are read from: the log of one replica. */
export interface LineSource {
  /** Tells it from others; a source of the same key goes on where it was left. */
  readonly key: string;
  /** Lines that were not read yet. Ends when there are none at the moment, or when there are to be no more. */
  read(signal: AbortSignal): AsyncIterable<string>;
}

/** What was written before, and what is. */
export async function* joined(
  before: readonly string[],
  after: AsyncIterable<string>,
): AsyncGenerator<string, void, void> {
  yield* before;
  yield* after;
}

/** How often it is looked for new sources, and for new lines of those whose reading has ended. */
const LOOK_MS = 1000;
/** Lines that wait for a reader who is slower than the replicas. */
const MOST_WAITING = 1000;

/**
 * Ends with the signal, and when its reader stops.
 *
 * @throws whatever looking and reading throw.
 */
export async function* followSources(
  look: () => Promise<readonly LineSource[]>,
  clock: Clock,
  signal: AbortSignal,
): AsyncGenerator<string, void, void> {
  const stopped = new AbortController();
  const either = AbortSignal.any([signal, stopped.signal]);
  const channel = new Channel<string>(MOST_WAITING);
  const reading = new Set<string>();
  const read = async (source: LineSource): Promise<void> => {
    try {
      for await (const line of source.read(either)) {
        if (!(await channel.put(line, either))) {
          return;
        }
      }
    } catch (error) {
      channel.fail(error);
    } finally {
      reading.delete(source.key);
    }
  };
  const watch = async (): Promise<void> => {
    try {
      while (!either.aborted) {
        for (const source of (await look()).filter(({ key }) => !reading.has(key))) {
          reading.add(source.key);
          void read(source);
        }
        await clock.sleep(LOOK_MS, either);
      }
    } catch (error) {
      channel.fail(error);
    }
  };
  void watch();
  try {
    while (!signal.aborted) {
      yield* await channel.take(signal);
    }
  } finally {
    stopped.abort();
  }
}
