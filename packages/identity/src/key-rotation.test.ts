import { describe, expect, test } from 'vitest';

import { planRotation } from './key-rotation.ts';

const DAY = 86_400_000;
const RULES = { renewAfterMs: 30 * DAY, publishAheadMs: DAY, keepMs: DAY / 2 };
const NOW = Date.parse('2026-06-01T00:00:00Z');

/** Keys of these ages in days. */
const keys = (...ages: readonly number[]) =>
  ages.map((age) => ({ id: `${age} days old`, createdTime: new Date(NOW - age * DAY).toISOString() }));

describe('keys that sign', () => {
  test.each([
    ['the first one signs at once', [0], { signs: 0, due: false, outlived: [] }],
    ['the next one is known before it signs', [0.5, 30.5], { signs: 30.5, due: false, outlived: [] }],
    ['it signs when it was known for a day', [1, 31], { signs: 1, due: false, outlived: [] }],
    ['the one before stays while its tokens are valid', [1.4, 31.4], { signs: 1.4, due: false, outlived: [] }],
    ['and goes when they are not', [1.5, 31.5], { signs: 1.5, due: false, outlived: [31.5] }],
    ['the next one is due when the newest is a month old', [30], { signs: 30, due: true, outlived: [] }],
    ['all that are older than the one that signs go', [2, 32, 62], { signs: 2, due: false, outlived: [32, 62] }],
    ['a next one that is alone signs at once', [0.2], { signs: 0.2, due: false, outlived: [] }],
    ['of two new ones the older one signs', [0.1, 0.2], { signs: 0.2, due: false, outlived: [] }],
    ['a clock that went back makes no key', [-5], { signs: -5, due: false, outlived: [] }],
  ] as const)('%s', (_what, ages, { signs, due, outlived }) => {
    const plan = planRotation(keys(...ages), NOW, RULES);
    expect({ ...plan, signing: plan.signing?.id, outlived: plan.outlived.map(({ id }) => id) }).toEqual({
      signing: `${signs} days old`,
      isNextDue: due,
      outlived: outlived.map((age) => `${age} days old`),
    });
  });

  test('with none there is one due', () => {
    expect(planRotation([], NOW, RULES)).toEqual({ signing: undefined, isNextDue: true, outlived: [] });
  });

  test('over a year, whatever signed a token that is still valid is known', () => {
    const signed: { readonly kid: string; readonly until: number }[] = [];
    let known: { id: string; createdTime: string }[] = [];
    for (let now = NOW; now < NOW + 365 * DAY; now += DAY / 4) {
      if (planRotation(known, now, RULES).isNextDue) {
        known = [{ id: `of ${now}`, createdTime: new Date(now).toISOString() }, ...known];
      }
      const { signing, outlived } = planRotation(known, now, RULES);
      signed.push({ kid: signing?.id ?? '', until: now + RULES.keepMs });
      known = known.filter((key) => !outlived.includes(key));
      const ids = new Set(known.map(({ id }) => id));
      expect(signed.filter(({ kid, until }) => until > now && !ids.has(kid))).toEqual([]);
      expect(known.length).toBeLessThanOrEqual(2);
    }
    expect(new Set(signed.map(({ kid }) => kid)).size).toBe(13);
  });
});
