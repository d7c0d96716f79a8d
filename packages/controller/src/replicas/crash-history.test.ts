import { expect, test } from 'vitest';

import { earliestStart, noCrashes, recordExit } from './crash-history.ts';

const exit = (at: number, hadBeenReady = false) => ({ at, code: 3, signal: null, hadBeenReady, failure: null });

test('without a crash a replica may start at once', () => {
  expect(earliestStart(noCrashes('r'))).toBe(0);
});

test('each crash in a row doubles the wait, up to a minute', () => {
  let history = noCrashes('r');
  const waits = Array.from({ length: 10 }, () => {
    history = recordExit(history, exit(10_000), 9000);
    return earliestStart(history) - 10_000;
  });
  expect(waits).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000]);
  expect(history).toMatchObject({ inARow: 10, total: 10 });
});

test('a replica that served for a minute before it crashed starts the count anew', () => {
  let history = recordExit(noCrashes('r'), exit(1000), 0);
  history = recordExit(history, exit(2000), 1000);
  history = recordExit(history, exit(100_000, true), 10_000);
  expect(history).toMatchObject({ inARow: 1, total: 3 });
});
