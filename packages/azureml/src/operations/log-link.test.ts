import { createHmac } from 'node:crypto';

import { ManualClock } from '@farled/service';
import { beforeEach, expect, test } from 'vitest';

import { checkLogLink, logLink } from './log-link.ts';

let clock: ManualClock;
const state = { fingerprint: (text: string) => createHmac('sha256', 'key').update(text).digest('hex') };
const url = () => 'https://host';
const ID = '3f0e8c52-6a3f-4b3e-9d6a-0d8a3d2b7c11';

beforeEach(() => {
  clock = new ManualClock();
});

const queryOf = (link: string) => Object.fromEntries(new URL(link).searchParams);
const check = (id: string, query: Record<string, string>) => checkLogLink({ state, clock }, id, query);

test('an address of a log is good for a day', async () => {
  const link = logLink({ state, clock, url }, ID);
  expect(link.startsWith(`https://host/operationlogs/${ID}?`)).toBe(true);
  expect(() => check(ID, queryOf(link))).not.toThrow();
  await clock.advance(24 * 3_600_000 - 1000);
  expect(() => check(ID, queryOf(link))).not.toThrow();
  await clock.advance(1000);
  expect(() => check(ID, queryOf(link))).toThrow('no longer good');
});

test.each<readonly [string, string, (query: Record<string, string>) => Record<string, string>]>([
  ['another log', 'other', (query) => query],
  ['a longer time', ID, (query) => ({ ...query, se: '9999999999' })],
  ['another signature', ID, (query) => ({ ...query, sig: 'f'.repeat(64) })],
  ['letters outside of it', ID, (query) => ({ ...query, sig: 'ä'.repeat(32) })],
  ['no signature', ID, ({ se = '' }) => ({ se })],
  ['nothing', ID, () => ({})],
])('%s is not what was signed', (_what, id, change) => {
  const query = queryOf(logLink({ state, clock, url }, ID));
  expect(() => check(id, change(query))).toThrow(expect.objectContaining({ code: 'Forbidden' }));
});
