import { expect, test } from 'vitest';
import { z } from 'zod';

import { backoffDelay } from './backoff.ts';
import { readConfig } from './config.ts';

const schema = z.object({ PORT: z.coerce.number().int().min(1).default(80), NAME: z.string().max(3) });

test('variables are read by the schema, and an empty one counts as absent', () => {
  expect(readConfig(schema, { PORT: '', NAME: 'abc', OTHER: 'x' })).toEqual({ PORT: 80, NAME: 'abc' });
});

test('every fault is reported at once', () => {
  expect(() => readConfig(schema, { PORT: 'x', NAME: 'abcd' })).toThrow(/PORT: .*NAME: /);
});

test('back-off grows by its factor up to its maximum', () => {
  const backoff = { firstMs: 100, maximumMs: 1000, factor: 3 };
  expect([0, 1, 2, 3, 4].map((attempt) => backoffDelay(backoff, attempt))).toEqual([100, 100, 300, 900, 1000]);
});
