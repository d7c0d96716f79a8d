import { describe, expect, test } from 'vitest';

import { parseMatchSpec } from '../conda/match-spec.ts';
import { compareVersions, minorSatisfies, parsePythonVersion, type PythonVersion, satisfies } from './version.ts';

const clauses = (text: string) => parseMatchSpec(`python${text}`).clauses;

describe('a version and a condition', () => {
  test.each<[string, PythonVersion, boolean, boolean]>([
    ['', [3, 8, 18], true, true],
    ['=3.8', [3, 8, 18], true, true],
    ['==3.8', [3, 8, 18], true, true],
    ['=3.8.10', [3, 8, 10], true, true],
    ['=3.8.10', [3, 8, 18], false, true],
    ['=3.8', [3, 9, 0], false, false],
    ['!=3.8', [3, 8, 18], false, false],
    ['!=3.8.18', [3, 8, 18], false, true],
    ['>=3.8', [3, 8, 0], true, true],
    ['>3.8', [3, 8, 18], false, false],
    ['>3.8.10', [3, 8, 2], false, true],
    ['<=3.8', [3, 8, 18], true, true],
    ['<3.8', [3, 8, 0], false, false],
    ['<3.8.10', [3, 8, 18], false, true],
    ['>=3.6,<3.9', [3, 8, 18], true, true],
    ['>=3.6,<3.9', [3, 9, 0], false, false],
    ['~=3.8', [3, 12, 0], true, true],
    ['~=3.8.2', [3, 8, 18], true, true],
    ['~=3.8.2', [3, 9, 0], false, false],
    ['=2.7', [3, 8, 0], false, false],
    ['=3', [3, 8, 0], true, true],
  ])('"%s" and %j: %s, and %s for some patch', (text, version, itself, somePatch) => {
    expect(satisfies(version, clauses(text))).toBe(itself);
    expect(minorSatisfies(version, clauses(text))).toBe(somePatch);
  });
});

test('versions compare by number, and the parts that are not said are zero', () => {
  expect(compareVersions([3, 10, 0], [3, 9, 18])).toBeGreaterThan(0);
  expect(compareVersions([3, 8], [3, 8, 0])).toBe(0);
  expect(parsePythonVersion('3.11')).toEqual([3, 11, 0]);
  expect(parsePythonVersion('latest')).toBeNull();
});
