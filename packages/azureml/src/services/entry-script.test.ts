import { describe, expect, test } from 'vitest';

import { readDriverProgram } from './driver-program.ts';
import { sourceFolder } from './entry-script.ts';

const files = (...paths: readonly string[]) => paths.map((path) => ({ path, sha256: '0'.repeat(64), size: 1 }));

/** As azureml-core 1.61 joins them. */
const WRAPPER = (script: string, directory?: string) => `import os
import sys
${directory === undefined ? '' : `sys.path.append(os.path.join(os.path.dirname(os.path.realpath(__file__)), ${directory}))`}

script_location = os.path.join(os.path.dirname(os.path.realpath(__file__)), ${script})
`;

describe('the source folder', () => {
  test.each<readonly [string, readonly string[], string, string, string, readonly string[]]>([
    ['a folder', ['src/score.py', 'src/a/b.py'], 'src/score.py', 'src', 'score.py', ['score.py', 'a/b.py']],
    ['a script in a folder of it', ['src/a/score.py'], 'src/a/score.py', 'src', 'a/score.py', ['a/score.py']],
    ['a script alone', ['score.py'], 'score.py', '', 'score.py', ['score.py']],
    ['dots and doubled slashes', ['src/score.py'], 'src/./score.py', 'src//', 'score.py', ['score.py']],
    [
      'a whole path of the client',
      ['home/me/score.py', 'home/me/x.py'],
      'score.py',
      '',
      'score.py',
      ['score.py', 'x.py'],
    ],
    ['a script alone after one in a folder', ['score.py'], 'score.py', 'src', 'score.py', ['score.py']],
    ['an absolute entry script', ['src/score.py'], 'score.py', 'src', 'score.py', ['score.py']],
  ])('%s', (_what, sent, entryScript, sourceDirectory, script, paths) => {
    const folder = sourceFolder(files(...sent), { entryScript, sourceDirectory });
    expect(folder.entryScript).toBe(script);
    expect(folder.files.map(({ path }) => path)).toEqual(paths);
  });

  test('a script that is not there, or might be two, is told', () => {
    const said = { entryScript: 'src/score.py', sourceDirectory: 'src' };
    expect(() => sourceFolder(files('src/other.py'), said)).toThrow('has no file "score.py"');
    expect(() => sourceFolder(files('a/score.py', 'b/score.py'), said)).toThrow('any of "a/score.py", "b/score.py"');
    expect(() => sourceFolder([], said)).toThrow('has no file');
  });
});

describe('the wrapper', () => {
  test.each<readonly [string, string, string, string]>([
    ['a script alone', WRAPPER("'score.py'"), 'score.py', ''],
    ['a script in its folder', WRAPPER("'src/score.py'", "'src'"), 'src/score.py', 'src'],
    ['an empty folder', WRAPPER("'score.py'", "''"), 'score.py', ''],
    ['a name with a quote', WRAPPER(`"it's/score.py"`, `"it's"`), "it's/score.py", "it's"],
    ['escaped letters', WRAPPER("'a\\'b\\xe4\\u6f22/s.py'", "'a\\'b\\xe4\\u6f22'"), "a'bä漢/s.py", "a'bä漢"],
  ])('%s', (_what, text, entryScript, sourceDirectory) => {
    expect(readDriverProgram(text)).toEqual({ entryScript, sourceDirectory });
  });

  test.each(['', 'def run(x): return x', WRAPPER('name'), WRAPPER("'score.txt'")])('%j is none', (text) => {
    expect(readDriverProgram(text)).toBeNull();
  });
});
