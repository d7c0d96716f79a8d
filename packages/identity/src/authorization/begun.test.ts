import { ManualClock } from '@farled/service';
import { expect, test } from 'vitest';

import { openBegun } from './begun.ts';

test('an address begins 200 logins in a quarter of an hour, others are not held up', async () => {
  const clock = new ManualClock();
  const begun = openBegun(clock);
  const answers = Array.from({ length: 201 }, () => begun.mayBegin('10.0.0.1'));
  expect(answers.indexOf(false)).toBe(200);
  expect(begun.mayBegin('10.0.0.2')).toBe(true);
  await clock.advance(15 * 60_000);
  expect(begun.mayBegin('10.0.0.1')).toBe(true);
});
