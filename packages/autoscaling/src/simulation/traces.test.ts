import { expect, test } from 'vitest';

import { traces } from './traces.ts';

const ALL = traces();

test('the same seed gives the same requests, another one others', () => {
  expect(traces()).toEqual(ALL);
  expect(traces(1)[0]?.requests[0]).not.toEqual(ALL[0]?.requests[0]);
});

test.each(ALL.map((trace) => [trace.name, trace] as const))('%s is in order and of its time', (_name, trace) => {
  const times = trace.requests.map(({ at }) => at);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  expect(times.length).toBeGreaterThan(5000);
  expect(times[0]).toBeGreaterThan(0);
  expect(times.at(-1)).toBeLessThan(trace.durationMs);
  const mean = trace.requests.reduce((sum, { serviceMs }) => sum + serviceMs, 0) / trace.requests.length;
  expect(mean / 200).toBeGreaterThan(0.8);
  expect(mean / 200).toBeLessThan(1.2);
});

/** How much the requests of equal times vary, as a multiple of what independent ones would. */
function burstiness(name: string, windowMs: number): number {
  const trace = ALL.find((one) => one.name === name);
  const counts = Array.from({ length: Math.floor((trace?.durationMs ?? 0) / windowMs) }, () => 0);
  for (const { at } of trace?.requests ?? []) {
    const window = Math.floor(at / windowMs);
    counts[window] = (counts[window] ?? 0) + 1;
  }
  const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  return counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / counts.length / mean;
}

test('what is steady is so at every scale; what is self-similar is the more bursty the longer one looks', () => {
  for (const windowMs of [1000, 10_000, 60_000]) {
    expect(burstiness('steady', windowMs)).toBeLessThan(2);
  }
  expect(burstiness('self-similar', 1000)).toBeGreaterThan(2);
  expect(burstiness('self-similar', 10_000)).toBeGreaterThan(2 * burstiness('self-similar', 1000));
  expect(burstiness('self-similar', 60_000)).toBeGreaterThan(1.5 * burstiness('self-similar', 10_000));
});
