import { expect, test } from 'vitest';

import { expectedSurge, type Surge, withSurge } from './rhythm.ts';

const at = (...seconds: number[]): Surge[] => seconds.map((second) => ({ at: second * 1000, needed: 10 }));

test('a surge is expected as long after the last as that was after the one before, and as early as replicas take', () => {
  const expected = { at: 300_000, needed: 10, everyMs: 100_000 };
  expect(expectedSurge(at(100, 200), 291_000, 5000)).toBeNull();
  expect(expectedSurge(at(100, 200), 292_000, 5000)).toEqual(expected);
  expect(expectedSurge(at(100, 200), 306_000, 5000)).toEqual(expected);
  expect(expectedSurge(at(100, 200), 307_000, 5000)).toBeNull();
});

test.each([
  ['one', at(100), 195],
  ['of no rhythm', at(0, 30, 130), 225],
  ['that follow closely', at(100, 120), 138],
])('none is expected of surges %s', (_what, surges, second) => {
  expect(expectedSurge(surges, second * 1000, 5000)).toBeNull();
});

test('what follows a surge closely is part of it; the last three are remembered', () => {
  const first = withSurge([], { at: 1000, needed: 5 }, true);
  expect(withSurge(first, { at: 3000, needed: 8 }, true)).toEqual([{ at: 1000, needed: 8 }]);
  expect(withSurge(first, { at: 3000, needed: 4 }, true)).toBe(first);
  expect(withSurge(first, { at: 60_000, needed: 8 }, false)).toBe(first);
  expect(withSurge(at(1, 50, 100), { at: 150_000, needed: 10 }, true)).toEqual(at(50, 100, 150));
});
