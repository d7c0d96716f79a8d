import { describe, expect, test } from 'vitest';

import { extractText, findInBase, type LayerListing, matters, mergeListings } from './base-content.ts';

const listing = (...paths: string[]): LayerListing =>
  new Map(paths.map((path) => [path, { kind: 'file', target: '' } as const]));

describe('layers over layers', () => {
  test('a whiteout takes away a path and what is below it, an opaque folder what layers below have in it', () => {
    const merged = mergeListings([
      listing('a/b', 'a/c/d', 'a/c2', 'e/f', 'e/g'),
      listing('a/.wh.c', 'e/.wh..wh..opq', 'e/h'),
      listing('.wh.missing', 'a/c/new'),
    ]);
    expect([...merged.keys()].toSorted()).toEqual(['a/b', 'a/c/new', 'a/c2', 'e/h']);
  });

  test('what a layer brings stays, wherever in the archive it takes away what was below', () => {
    expect([...mergeListings([listing('a/x'), listing('a/y', 'a/.wh..wh..opq')]).keys()]).toEqual(['a/y']);
    expect([...mergeListings([listing('x'), listing('x', '.wh.x')]).keys()]).toEqual(['x']);
  });
});

describe('interpreters', () => {
  test('are found where images have them, the newest first', () => {
    const { interpreters } = findInBase(
      listing(
        'usr/bin/python3.9',
        'usr/local/bin/python3.11',
        'usr/bin/python3.11',
        'opt/miniconda/bin/python3.8',
        'opt/miniconda/envs/amlenv/bin/python3.10',
        'azureml-envs/sklearn/bin/python3.7',
        'usr/bin/python3',
        'usr/bin/python3.11-config',
        'usr/share/python3.11',
        'home/x/python3.12',
      ),
    );
    expect(interpreters.map(({ path }) => path)).toEqual([
      '/usr/local/bin/python3.11',
      '/usr/bin/python3.11',
      '/opt/miniconda/envs/amlenv/bin/python3.10',
      '/usr/bin/python3.9',
      '/opt/miniconda/bin/python3.8',
      '/azureml-envs/sklearn/bin/python3.7',
    ]);
    expect(interpreters[0]?.version).toEqual([3, 11]);
  });

  test('a folder of that name is none', () => {
    expect(findInBase(new Map([['usr/bin/python3.9', { kind: 'directory', target: '' }]])).interpreters).toEqual([]);
  });
});

describe('the C library', () => {
  test.each([
    ['a link to the library', 'lib/x86_64-linux-gnu/libc.so.6', { kind: 'symlink', target: 'libc-2.31.so' }],
    ['the library itself', 'usr/lib64/libc.so.6', { kind: 'file', target: '', text: '2.31' }],
    [
      'a file with the version in its name',
      'lib/aarch64-linux-gnu/libc-2.31.so',
      { kind: 'file', target: '', text: '' },
    ],
    ['the list of packages', 'var/lib/dpkg/status', { kind: 'file', target: '', text: '2.31' }],
  ] as const)('is told by %s', (_, path, entry) => {
    expect(matters(path)).toBe(true);
    expect(findInBase(new Map([[path, entry]])).glibc).toBe('2.31');
  });

  test('is read from its banner, and from Debian’s list', () => {
    const banner = Buffer.from('\0\0GNU C Library (Debian GLIBC 2.36-9+deb12u7) stable release version 2.36.\n\0');
    expect(extractText('lib/libc.so.6', banner)).toBe('2.36');
    const status =
      'Package: libc-bin\nVersion: 9.9-1\n\nPackage: libc6\nStatus: ok\nVersion: 2.28-10+deb10u2\n\nPackage: z\n';
    expect(extractText('var/lib/dpkg/status', Buffer.from(status))).toBe('2.28');
  });

  test('is absent where there is none', () => {
    expect(findInBase(listing('lib/ld-musl-x86_64.so.1'))).not.toHaveProperty('glibc');
  });
});
