import { readFile } from 'node:fs/promises';

import { expect, test } from 'vitest';

import { listedRoutes, renderCoverage } from './coverage.ts';

test('docs/compatibility.md says what is answered now', async () => {
  const written = await readFile(new URL('../../../docs/compatibility.md', import.meta.url), 'utf8');
  expect(written, 'write it anew: node --conditions=@farled/source tools/write-compatibility-docs.ts').toBe(
    renderCoverage(listedRoutes()),
  );
});

/** Letters and numbers of the wire contract. */
const ROWS: Readonly<Record<string, number>> = { A: 6, B: 15, C: 6, D: 4, E: 7, F: 14, G: 7, H: 2, I: 2, J: 1, K: 1 };

test('every row of the wire contract is listed: supported, different, or refused with a reason', () => {
  const listed = new Set(listedRoutes().map(({ row }) => row));
  const wanted = Object.entries(ROWS).flatMap(([letter, last]) =>
    Array.from({ length: last }, (_, index) => `${letter}${index + 1}`),
  );
  expect(wanted.filter((row) => !listed.has(row))).toEqual([]);
});

test('no two routes are one', () => {
  const keys = listedRoutes().map(({ method, path }) => `${method} ${path.toLowerCase()}`);
  expect(keys.filter((key, at) => keys.indexOf(key) !== at)).toEqual([]);
});
