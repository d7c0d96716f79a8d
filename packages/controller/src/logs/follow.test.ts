import { ManualClock } from '@farled/service';
import { expect, test } from 'vitest';

import { followSources, type LineSource } from './follow.ts';

/** A log that is written to at will; reading it ends with what there is, as with a file. */
class Log implements LineSource {
  readonly key: string;
  readonly lines: string[] = [];

  constructor(key: string, ...lines: string[]) {
    this.key = key;
    this.lines.push(...lines);
  }

  async *read(): AsyncGenerator<string, void, void> {
    for (let line = this.lines.shift(); line !== undefined; line = this.lines.shift()) {
      yield line;
    }
  }
}

test('lines of sources that are there and of those that come are given, until the reader stops', async () => {
  const clock = new ManualClock();
  const sources = [new Log('a', 'a1')];
  const lines = followSources(() => Promise.resolve(sources), clock, new AbortController().signal);
  const next = async () => (await lines.next()).value;
  expect(await next()).toBe('a1');
  const later = next();
  sources.push(new Log('b', 'b1', 'b2'));
  await clock.advance(1000);
  expect([await later, await next()]).toEqual(['b1', 'b2']);
  const last = next();
  sources[0]?.lines.push('a2');
  await clock.advance(1000);
  expect(await last).toBe('a2');
  await lines.return();
});

test('a signal ends it while it waits, and ends what is being read', async () => {
  const ended = new AbortController();
  let until: AbortSignal | undefined;
  const source: LineSource = {
    key: 'quiet',
    async *read(signal) {
      until = signal;
      yield 'one';
      await new Promise<void>((resolve) => {
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
    },
  };
  const lines = followSources(() => Promise.resolve([source]), new ManualClock(), ended.signal);
  expect((await lines.next()).value).toBe('one');
  const waiting = lines.next();
  ended.abort();
  expect((await waiting).done).toBe(true);
  expect(until?.aborted).toBe(true);
});

test('what a source or the look for them throws reaches the reader', async () => {
  const signal = new AbortController().signal;
  const broken: LineSource = {
    key: 'broken',
    // oxlint-disable-next-line require-yield -- it fails before it has a line
    async *read() {
      throw new Error('unreadable');
    },
  };
  await expect(followSources(() => Promise.resolve([broken]), new ManualClock(), signal).next()).rejects.toThrow(
    'unreadable',
  );
  const blind = followSources(() => Promise.reject(new Error('blind')), new ManualClock(), signal);
  await expect(blind.next()).rejects.toThrow('blind');
});
