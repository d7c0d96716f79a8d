import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { FileManifest, RelativePath } from './common.ts';

const entry = (path: string) => ({ path, sha256: 'a'.repeat(64), size: 1 });

describe('a path in a manifest', () => {
  test.each(['model.pkl', 'folder/model.pkl', 'a/b/c.txt', '..hidden', 'a..b/c', 'モデル.bin', '.amlignore'])(
    '%j stays in the folder',
    (path) => {
      expect(RelativePath.safeParse(path).success).toBe(true);
    },
  );

  test.each([
    '',
    '/etc/passwd',
    '../x',
    'a/../b',
    'a/..',
    './a',
    'a//b',
    'a/',
    'C:/x',
    'c:x',
    'a\\b',
    'a\0b',
    'x'.repeat(300),
  ])('%j is refused', (path) => {
    expect(RelativePath.safeParse(path).success).toBe(false);
  });

  test('whatever is let through resolves to a place inside the folder', () => {
    const part = fc.oneof(fc.constantFrom('..', '.', '', 'a', 'C:', '\\', '\0', '...'), fc.string({ maxLength: 5 }));
    fc.assert(
      fc.property(
        fc.array(part, { maxLength: 6 }).map((parts) => parts.join('/')),
        (path) => {
          if (RelativePath.safeParse(path).success) {
            expect(
              new URL(encodeURIComponent(path).replaceAll('%2F', '/'), 'file:///folder/').pathname.startsWith(
                '/folder/',
              ),
            ).toBe(true);
          }
        },
      ),
    );
  });
});

describe('a manifest', () => {
  test('names each file once', () => {
    const result = FileManifest.safeParse([entry('a'), entry('a')]);
    expect(result.error?.issues[0]?.message).toBe('names "a" twice');
  });

  test('has nothing below a file', () => {
    const result = FileManifest.safeParse([entry('a/b'), entry('a')]);
    expect(result.error?.issues[0]?.message).toBe('"a" is both a file and a folder');
  });

  test('is not empty', () => {
    expect(FileManifest.safeParse([]).success).toBe(false);
  });
});
