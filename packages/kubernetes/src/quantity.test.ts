import fc from 'fast-check';
import { expect, test } from 'vitest';

import { formatBytes, formatCpu, parseQuantity } from './quantity.ts';

test.each([
  ['250m', 0.25],
  ['100m', 0.1],
  ['12', 12],
  ['1e3', 1000],
  ['1E3', 1000],
  ['1.5e-1', 0.15],
  ['1E', 1e18],
  ['1.5Gi', 1_610_612_736],
  ['512Mi', 536_870_912],
  ['5k', 5000],
  ['.5', 0.5],
  ['5.', 5],
  ['+1', 1],
  ['-1', -1],
  ['0', 0],
  ['100n', 1e-7],
  ['20u', 2e-5],
])('%s is %d', (text, value) => {
  expect(parseQuantity(text)).toBe(value);
});

test.each(['', 'm', 'e3', '1 Gi', '1gi', '1K', '1e', '0x10', 'NaN', 'Infinity', '1e999', '1,5', '1mm'])(
  '%j is no quantity',
  (text) => {
    expect(() => parseQuantity(text)).toThrow('is not a Kubernetes quantity');
  },
);

test.each([
  [0.25, '250m'],
  [0.29, '290m'],
  [2, '2'],
  [0, '0'],
  [0.0001, '1m'],
  [1.2345, '1235m'],
])('%d cores are %s', (cores, text) => {
  expect(formatCpu(cores)).toBe(text);
});

test.each([
  [0, '0'],
  [1500, '1500'],
  [1024, '1Ki'],
  [536_870_912, '512Mi'],
  [1_610_612_736, '1536Mi'],
  [1e9, '1000000000'],
  [0.5, '1'],
])('%d bytes are %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

test('what is written is read back, and no less', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 10_000_000 }), (milli) => {
      expect(parseQuantity(formatCpu(milli / 1000))).toBe(milli / 1000);
    }),
  );
  fc.assert(
    fc.property(fc.maxSafeNat(), (bytes) => {
      expect(parseQuantity(formatBytes(bytes))).toBe(bytes);
    }),
  );
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1e5, noNaN: true }), (cores) => {
      expect(parseQuantity(formatCpu(cores))).toBeGreaterThanOrEqual(cores * (1 - 1e-9) - 1e-12);
    }),
  );
});
