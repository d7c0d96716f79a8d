import { latencyBucket } from '@farled/contract';
import { expect, test } from 'vitest';

import { Ledger } from './ledger.ts';

test('latencies are told from the first bucket that has one to the last', () => {
  const ledger = new Ledger();
  expect(ledger.totals.latency).toEqual({ from: 0, counts: [] });
  [10, 10, 12].forEach((milliseconds) => ledger.took(milliseconds));
  const { from, counts } = ledger.totals.latency;
  expect([from, from + counts.length - 1]).toEqual([latencyBucket(10), latencyBucket(12)]);
  expect([counts[0], counts.at(-1)]).toEqual([2, 1]);
});
