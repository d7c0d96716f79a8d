import { expect, test } from 'vitest';

import { KubernetesError } from './error.ts';
import { nextStep } from './informer-step.ts';
import type { Ended, NextStep } from './informer-step.ts';

const expired = new KubernetesError('Expired', '', { status: 410 });
const away = new KubernetesError('Unreachable', '');
const fromTheFuture = new KubernetesError('Timeout', '', {
  status: 504,
  details: { causes: [{ reason: 'ResourceVersionTooLarge' }] },
});
const watch = { phase: 'watch', error: undefined, lastedMs: 0, failures: 0, random: 1, longestWaitMs: 30_000 } as const;

test.each<[string, Ended, NextStep]>([
  [
    'a watch that had its time goes on at once',
    { ...watch, lastedMs: 300_000 },
    { relist: false, waitMs: 0, failures: 0 },
  ],
  ['one that ended at once waits', watch, { relist: false, waitMs: 200, failures: 1 }],
  ['and longer each time', { ...watch, failures: 4 }, { relist: false, waitMs: 3200, failures: 5 }],
  ['to the longest', { ...watch, failures: 40 }, { relist: false, waitMs: 30_000, failures: 41 }],
  ['or shorter', { ...watch, failures: 40, longestWaitMs: 2000 }, { relist: false, waitMs: 2000, failures: 41 }],
  ['but spread', { ...watch, failures: 40, random: 0 }, { relist: false, waitMs: 15_000, failures: 41 }],
  [
    'after a good watch it begins anew',
    { ...watch, error: away, lastedMs: 60_000, failures: 9 },
    { relist: false, waitMs: 200, failures: 1 },
  ],
  ['what is too old is listed at once', { ...watch, error: expired }, { relist: true, waitMs: 0, failures: 1 }],
  ['but not in a loop', { ...watch, error: expired, failures: 1 }, { relist: true, waitMs: 400, failures: 2 }],
  ['a version of a lost future too', { ...watch, error: fromTheFuture }, { relist: true, waitMs: 0, failures: 1 }],
  [
    'an API server that is away keeps our version',
    { ...watch, error: away, failures: 2 },
    { relist: false, waitMs: 800, failures: 3 },
  ],
  [
    'a list that failed is listed again',
    { ...watch, phase: 'list', error: away },
    { relist: true, waitMs: 200, failures: 1 },
  ],
])('%s', (_what, ended, next) => {
  expect(nextStep(ended)).toEqual(next);
});
