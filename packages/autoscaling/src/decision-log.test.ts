import { KEPT_DECISIONS } from '@farled/contract';
import { expect, test } from 'vitest';

import { DecisionLog, type Looked } from './decision-log.ts';

const SETTINGS = {
  minReplicas: 1,
  maxReplicas: 4,
  targetUtilization: 70,
  refreshPeriodInSeconds: 1,
  maxConcurrentRequestsPerContainer: 1,
};
const RULES = { ...SETTINGS, law: 'compatible' as const, maxQueueWaitMs: 500 };

const looked = (seconds: number, changes: Partial<Looked>): Looked => ({
  now: seconds * 1000,
  settings: RULES,
  busy: 0,
  queued: 0,
  isComplete: true,
  replicas: 1,
  desired: 1,
  because: 'of a test',
  ...changes,
});

test('every change is logged with what was seen', () => {
  const log = new DecisionLog();
  expect(log.note('s', looked(1, { busy: 2, desired: 3 }))).toBe(true);
  expect(log.of('s')).toEqual([
    {
      at: '1970-01-01T00:00:01.000Z',
      outcome: 'scaled',
      busy: 2,
      queued: 0,
      isComplete: true,
      replicas: 1,
      desired: 3,
      settings: SETTINGS,
      because: 'of a test',
    },
  ]);
});

test('a look that finds what it wants is not logged', () => {
  const log = new DecisionLog();
  expect(log.note('s', looked(1, {}))).toBe(false);
  expect(log.note('s', looked(2, { busy: 2, replicas: 3, desired: 3 }))).toBe(false);
});

test.each<[string, Partial<Looked>, string]>([
  ['more than maxReplicas', { busy: 4, queued: 5, replicas: 4, desired: 4 }, 'refusedMore'],
  ['fewer before their time', { busy: 1, replicas: 4, desired: 4 }, 'refusedFewer'],
])('refusing %s is logged once, and again when it goes on or something was scaled since', (_what, changes, outcome) => {
  const log = new DecisionLog();
  const noted = [1, 2, 300].map((second) => log.note('s', looked(second, changes)));
  expect(noted).toEqual([true, false, false]);
  expect(log.note('s', looked(602, changes))).toBe(true);
  log.note('s', looked(603, { replicas: 4, desired: 3 }));
  expect(log.note('s', looked(604, changes))).toBe(true);
  expect(log.of('s').map((entry) => entry.outcome)).toEqual([outcome, outcome, 'scaled', outcome]);
});

test('load that goes up and down around the limit does not fill the log', () => {
  const log = new DecisionLog();
  for (let second = 0; second < 500; second += 1) {
    log.note('s', looked(second, { busy: second % 2 === 0 ? 9 : 1, replicas: 4, desired: 4 }));
  }
  expect(log.of('s')).toHaveLength(2);
});

test('the latest are kept, of each service and of all', () => {
  const log = new DecisionLog();
  for (let second = 0; second < 3000; second += 1) {
    log.note(`s${second % 30}`, looked(second, { desired: 2 + (second % 2) }));
  }
  const names = Array.from({ length: 30 }, (_, index) => `s${index}`);
  const all = log.all(names);
  expect(Object.values(all).flat()).toHaveLength(1000);
  expect(all['s29']?.at(-1)?.at).toBe(new Date(2999 * 1000).toISOString());
  const one = new DecisionLog();
  for (let second = 0; second < 300; second += 1) {
    one.note('s', looked(second, { desired: 2 }));
  }
  expect(one.of('s')).toHaveLength(KEPT_DECISIONS);
});

test('another leader goes on with what was logged, without services that are gone', () => {
  const first = new DecisionLog();
  first.note('here', looked(1, { desired: 2 }));
  first.note('gone', looked(1, { desired: 2 }));
  const second = new DecisionLog(JSON.parse(JSON.stringify(first.all(['here', 'gone']))) as never);
  second.note('here', looked(2, { replicas: 2, desired: 3 }));
  expect(Object.keys(second.all(['here']))).toEqual(['here']);
  expect(second.of('here').map(({ desired }) => desired)).toEqual([2, 3]);
});
