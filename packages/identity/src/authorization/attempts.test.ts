import { ManualClock } from '@farled/service';
import { expect, test } from 'vitest';

import { openAttempts } from './attempts.ts';

function failing(times: number, name = 'ada', address = '10.0.0.1') {
  const clock = new ManualClock();
  const attempts = openAttempts(clock);
  for (let time = 0; time < times; time += 1) {
    attempts.failed(name, address);
  }
  return { clock, attempts };
}

test.each([
  [0, 0],
  [4, 0],
  [5, 5_000],
  [6, 10_000],
  [7, 20_000],
  [40, 15 * 60_000],
])('after %i wrong passwords the next has to wait %i ms', (times, wait) => {
  expect(failing(times).attempts.wait('ADA', '10.0.0.1')).toBe(wait);
});

test('who waits may try again, and a right one counts from the start', async () => {
  const { clock, attempts } = failing(5);
  await clock.advance(5_000);
  expect(attempts.wait('ada', '10.0.0.1')).toBe(0);
  attempts.succeeded('ada', '10.0.0.1');
  attempts.failed('ada', '10.0.0.1');
  expect(attempts.wait('ada', '10.0.0.1')).toBe(0);
});

test('others are not kept out: another person here, the same person elsewhere', () => {
  const { attempts } = failing(7);
  expect(attempts.wait('bob', '10.0.0.1')).toBe(0);
  expect(attempts.wait('ada', '10.0.0.2')).toBe(0);
});

test('a name that many addresses guess at, and an address that guesses many names, have to wait', () => {
  const { attempts } = failing(0);
  for (let one = 0; one < 20; one += 1) {
    attempts.failed('ada', `10.0.1.${one}`);
  }
  expect(attempts.wait('ada', '10.0.0.9')).toBe(5_000);
  for (let one = 0; one < 50; one += 1) {
    attempts.failed(`name${one}`, '10.0.2.1');
  }
  expect(attempts.wait('somebody', '10.0.2.1')).toBe(5_000);
});

test('what was long ago is forgotten', async () => {
  const { clock, attempts } = failing(40);
  await clock.advance(61 * 60_000);
  expect(attempts.wait('ada', '10.0.0.1')).toBe(0);
});
