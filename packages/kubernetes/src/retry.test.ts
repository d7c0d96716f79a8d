import { expect, test } from 'vitest';

import { KubernetesError } from './error.ts';
import { nextAttempt } from './retry.ts';
import type { Failure } from './retry.ts';

function answered(status: number, code: string, retryAfterSeconds?: number): Failure {
  return {
    error: new KubernetesError(code, '', { status, details: { causes: [], retryAfterSeconds } }),
    progress: 'answered',
  };
}

function unanswered(progress: Failure['progress'], code = 'ECONNREFUSED'): Failure {
  return { error: new KubernetesError('Unreachable', '', { cause: { code } }), progress };
}

test.each<[string, Failure, { repeatable: boolean; attempt: number }, number | null]>([
  ['too many requests', answered(429, 'TooManyRequests'), { repeatable: false, attempt: 1 }, 100],
  ['too many requests, come back', answered(429, 'TooManyRequests', 7), { repeatable: false, attempt: 1 }, 7000],
  ['unavailable', answered(503, 'ServiceUnavailable'), { repeatable: true, attempt: 2 }, 200],
  ['unavailable, perhaps done', answered(503, 'ServiceUnavailable'), { repeatable: false, attempt: 2 }, null],
  ['a timeout inside', answered(504, 'Timeout', 1), { repeatable: true, attempt: 1 }, 1000],
  ['a proxy', answered(502, 'ServiceUnavailable'), { repeatable: true, attempt: 1 }, 100],
  ['an internal error', answered(500, 'InternalError'), { repeatable: true, attempt: 1 }, 100],
  ['an internal error again and again', answered(500, 'InternalError'), { repeatable: true, attempt: 3 }, null],
  ['a server timeout again and again', answered(500, 'ServerTimeout'), { repeatable: true, attempt: 9 }, 2500],
  ['a conflict', answered(409, 'Conflict'), { repeatable: true, attempt: 1 }, null],
  ['forbidden', answered(403, 'Forbidden'), { repeatable: true, attempt: 1 }, null],
  ['nobody listens', unanswered('unsent'), { repeatable: false, attempt: 30 }, 2500],
  ['no such name', unanswered('unsent', 'ENOTFOUND'), { repeatable: true, attempt: 3 }, null],
  ['a broken connection', unanswered('lost', 'ECONNRESET'), { repeatable: true, attempt: 1 }, 100],
  ['a broken connection, perhaps done', unanswered('lost', 'ECONNRESET'), { repeatable: false, attempt: 1 }, null],
  ['a wrong certificate', unanswered('hopeless'), { repeatable: true, attempt: 1 }, null],
])('%s', (_what, failure, call, wait) => {
  expect(nextAttempt(failure, { ...call, random: 0 })).toBe(wait);
});

test('delays are spread, but never shorter than the API server asks for', () => {
  expect(nextAttempt(answered(429, 'TooManyRequests'), { repeatable: true, attempt: 1, random: 0.5 })).toBe(150);
  expect(nextAttempt(answered(429, 'TooManyRequests', 4), { repeatable: true, attempt: 1, random: 0.5 })).toBe(4500);
});
