import { ManualClock } from '@farled/service';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { KeyQueue } from './key-queue.ts';

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a key queue', () => {
  test('hands a key that was added twice out once', async () => {
    const queue = new KeyQueue(new ManualClock());
    queue.add('a');
    queue.add('a');
    queue.add('b');
    expect(await queue.take()).toBe('a');
    expect(await queue.take()).toBe('b');
    let third: string | undefined = 'nothing yet';
    void queue.take().then((key) => (third = key));
    await settle();
    expect(third).toBe('nothing yet');
  });

  test('keeps a key that is being worked back until it is done, then hands it out again', async () => {
    const queue = new KeyQueue(new ManualClock());
    queue.add('a');
    expect(await queue.take()).toBe('a');
    queue.add('a');
    const next = queue.take();
    let taken = false;
    void next.then(() => (taken = true));
    await settle();
    expect(taken).toBe(false);
    queue.done('a');
    expect(await next).toBe('a');
  });

  test('makes a delayed key due at its time, and the earlier of two times counts', async () => {
    const clock = new ManualClock();
    const queue = new KeyQueue(clock);
    queue.addAfter('a', 1000);
    queue.addAfter('a', 200);
    queue.addAfter('a', 5000);
    let taken: string | undefined;
    void queue.take().then((key) => (taken = key));
    await clock.advance(199);
    expect(taken).toBeUndefined();
    await clock.advance(1);
    expect(taken).toBe('a');
  });

  test('lets every waiting worker go when it closes', async () => {
    const queue = new KeyQueue(new ManualClock());
    const workers = [queue.take(), queue.take(), queue.take()];
    queue.close();
    expect(await Promise.all(workers)).toEqual([undefined, undefined, undefined]);
    queue.add('a');
    expect(await queue.take()).toBeUndefined();
  });

  test('never lets two workers have one key, and never forgets an added one, whatever the order of events', async () => {
    const event = fc.oneof(
      fc.record({ kind: fc.constant('add' as const), key: fc.constantFrom('a', 'b', 'c') }),
      fc.record({
        kind: fc.constant('later' as const),
        key: fc.constantFrom('a', 'b', 'c'),
        after: fc.integer({ min: 0, max: 50 }),
      }),
      fc.record({ kind: fc.constant('finish' as const) }),
      fc.record({ kind: fc.constant('advance' as const), by: fc.integer({ min: 0, max: 50 }) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 40 }), async (events) => {
        const clock = new ManualClock();
        const queue = new KeyQueue(clock);
        const working: string[] = [];
        const worked: string[] = [];
        const worker = async (): Promise<void> => {
          for (let key = await queue.take(); key !== undefined; key = await queue.take()) {
            expect(working).not.toContain(key);
            working.push(key);
            worked.push(key);
          }
        };
        const workers = [worker(), worker()];
        const added = new Set<string>();
        for (const one of events) {
          if (one.kind === 'add' || one.kind === 'later') {
            added.add(one.key);
          }
          if (one.kind === 'add') {
            queue.add(one.key);
          } else if (one.kind === 'later') {
            queue.addAfter(one.key, one.after);
          } else if (one.kind === 'advance') {
            await clock.advance(one.by);
          } else {
            const key = working.shift();
            if (key !== undefined) {
              queue.done(key);
            }
          }
          await settle();
        }
        await clock.advance(100);
        for (let left = working.shift(); left !== undefined; left = working.shift()) {
          queue.done(left);
          await settle();
        }
        expect(new Set(worked)).toEqual(added);
        queue.close();
        await Promise.all(workers);
      }),
      { numRuns: 100 },
    );
  });
});
