import { describe, expect, test } from 'vitest';

import { imageSource } from './image-source.ts';

const archive = (...paths: readonly string[]) => paths.map((path) => ({ path, sha256: '0'.repeat(64), size: 1 }));
const placed = (...packed: readonly (readonly string[])[]) =>
  imageSource(
    packed.map((paths) => archive(...paths)),
    'score.py',
  ).map(({ path }) => path);

describe('what is beside the script', () => {
  test.each<readonly [string, readonly (readonly string[])[], readonly string[]]>([
    ['a script alone', [['score.py']], ['score.py']],
    ['a script under its whole path', [['home/me/score.py']], ['score.py']],
    [
      'files and folders of its folder keep their place',
      [['home/me/side.py'], ['home/me/data/a.txt', 'home/me/data/deep/b.txt'], ['home/me/score.py']],
      ['side.py', 'data/a.txt', 'data/deep/b.txt', 'score.py'],
    ],
    ['a folder of one file too', [['home/me/lib/only.py'], ['home/me/score.py']], ['lib/only.py', 'score.py']],
    ['a file from elsewhere stands beside it', [['opt/other/x.py'], ['home/me/score.py']], ['x.py', 'score.py']],
    [
      'a folder from elsewhere with its own name',
      [['opt/lib/a.py', 'opt/lib/sub/b.py'], ['home/me/score.py']],
      ['lib/a.py', 'lib/sub/b.py', 'score.py'],
    ],
    ['the same file twice once', [['home/me/score.py'], ['home/me/score.py']], ['score.py']],
    ['an empty archive is nothing', [[], ['score.py']], ['score.py']],
  ])('%s', (_what, packed, paths) => {
    expect(placed(...packed)).toEqual(paths);
  });

  test('an image without its script, or with two, is told', () => {
    expect(() => placed(['other.py'])).toThrow('has no file "score.py"');
    expect(() => placed(['a/score.py'], ['b/score.py'])).toThrow('has several files "score.py"');
    expect(() => placed()).toThrow('has no file');
  });
});
