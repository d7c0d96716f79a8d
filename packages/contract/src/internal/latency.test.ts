import fc from 'fast-check';
import { expect, test } from 'vitest';

import { LATENCY_BUCKETS, latencyBucket, longestOfBucket } from './latency.ts';

test('a bucket has what took no longer than it says, and longer than the one before', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 20 - 1 }), (milliseconds) => {
      const bucket = latencyBucket(milliseconds);
      expect(milliseconds).toBeLessThanOrEqual(longestOfBucket(bucket));
      expect(milliseconds).toBeGreaterThan(longestOfBucket(bucket - 1));
    }),
  );
});

test('buckets follow each other, each at most an eighth wider than what is in it', () => {
  for (let index = 1; index < LATENCY_BUCKETS; index += 1) {
    const [before, longest] = [longestOfBucket(index - 1), longestOfBucket(index)];
    expect([latencyBucket(before + 1), latencyBucket(longest)]).toEqual([index, index]);
    expect(longest - before).toBeLessThanOrEqual(Math.max(1, (before + 1) / 8));
  }
});

test('what took longer than all buckets is in the last one, and what took less than nothing in the first', () => {
  expect([latencyBucket(Number.MAX_VALUE), latencyBucket(-1), latencyBucket(0.5)]).toEqual([LATENCY_BUCKETS - 1, 0, 0]);
});
