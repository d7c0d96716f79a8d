import { expect, test } from 'vitest';

import { lockedPackages } from './locked-packages.ts';

test('pinned packages are named, whatever is said of where they apply', () => {
  expect(
    lockedPackages(['numpy==2.1.0', 'uvicorn[standard]==0.30.1', "colorama==0.4.6 ; sys_platform == 'win32'"]),
  ).toEqual([
    { name: 'numpy', version: '2.1.0' },
    { name: 'uvicorn', version: '0.30.1' },
    { name: 'colorama', version: '0.4.6' },
  ]);
});

test('a package from an address has the version of its file, and nothing of the address', () => {
  const found = lockedPackages([
    'mine @ https://user:secret@files.example/mine-1.4.2-py3-none-any.whl#sha256=00',
    'theirs @ git+https://token@git.example/theirs.git@main',
    '--extra-index-url https://files.example/simple',
  ]);
  expect(found).toEqual([
    { name: 'mine', version: '1.4.2' },
    { name: 'theirs', version: 'unknown' },
  ]);
});
