import { createHash } from 'node:crypto';

import { expect, test } from 'vitest';

import { KeyRing } from './authenticate.ts';

const ring = new KeyRing(['primary', 'secondary'].map((key) => createHash('sha256').update(key).digest('hex')));

test.each([
  ['Bearer primary', true],
  ['Bearer secondary', true],
  ['bearer   secondary', true],
  ['Bearer Primary', false],
  ['Bearer primary secondary', false],
  ['Bearer ', false],
  ['Basic primary', false],
  ['primary', false],
  ['', false],
  [undefined, false],
])('%j is let in: %s', (authorization, expected) => {
  // Twice: the second answer comes from memory.
  expect([ring.admits(authorization), ring.admits(authorization)]).toEqual([expected, expected]);
});
