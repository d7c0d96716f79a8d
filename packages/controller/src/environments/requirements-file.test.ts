import { expect, test } from 'vitest';

import { NO_INDEX_OPTIONS } from './pip-entry.ts';
import { requirementsFile } from './requirements-file.ts';

test('where packages come from is said before the packages', () => {
  const index = {
    index: 'https://index.example/simple',
    extraIndexes: ['https://more.example/simple'],
    findLinks: ['https://files.example/'],
    insecureHosts: ['files.example'],
    prereleases: true,
  };
  expect(requirementsFile({ requirements: ['numpy==2.1.0'], index }).split('\n')).toEqual([
    '--index-url https://index.example/simple',
    '--extra-index-url https://more.example/simple',
    '--find-links https://files.example/',
    '--trusted-host files.example',
    '--pre',
    'numpy==2.1.0',
    '',
  ]);
});

test('packages alone are packages alone', () => {
  expect(requirementsFile({ requirements: ['a', 'b'], index: NO_INDEX_OPTIONS })).toBe('a\nb\n');
});
