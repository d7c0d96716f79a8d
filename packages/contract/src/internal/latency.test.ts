import fc from 'fast-check';
import { expect, test } from 'vitest';

import { LATENCY_BUCKETS, latencyBucket, longestOfBucket } from './latency.ts';

test('a bucket has what took no longer than it says, and longer than the one before', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 500_000, noNaN: true }), (milliseconds) => {
      const bucket = latencyBucket(milliseconds);
      expect(milliseconds).toBeLessThanOrEqual(longestOfBucket(bucket) * (1 + 1e-9));
      expect(bucket === 0 || milliseconds > longestOfBucket(bucket - 1) * (1 - 1e-9)).toBe(true);
    }),
  );
});

test('what took longer than all buckets is in the last one', () => {
  expect(latencyBucket(Number.MAX_VALUE)).toBe(LATENCY_BUCKETS - 1);
  expect(latencyBucket(-1)).toBe(0);
});
