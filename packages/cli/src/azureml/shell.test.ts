import { execFileSync } from 'node:child_process';
import { parseEnv } from 'node:util';

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { renderVariables, type Shell } from './shell.ts';

const HARD = `it's "here" $HOME \`id\` \\ ’ %PATH% ! #`;

describe('variables as lines of a shell', () => {
  test.each<[Shell, string, string | null, string]>([
    ['bash', 'A', 'plain', `export A='plain'\n`],
    ['bash', 'A', `it's`, `export A='it'\\''s'\n`],
    ['bash', 'A', null, 'unset A\n'],
    ['fish', 'A', 'plain', `set -gx A 'plain'\n`],
    ['fish', 'A', `it's a \\`, `set -gx A 'it\\'s a \\\\'\n`],
    ['fish', 'A', null, 'set -e A\n'],
    ['powershell', 'A', 'plain', `$env:A = 'plain'\n`],
    ['powershell', 'A', `it's $x ’`, `$env:A = 'it''s $x ’’'\n`],
    ['powershell', 'A', null, 'Remove-Item Env:A -ErrorAction SilentlyContinue\n'],
    ['dotenv', 'A', '/a/b-c_1.pem', 'A=/a/b-c_1.pem\n'],
    ['dotenv', 'A', '', 'A=\n'],
    ['dotenv', 'A', '/a b/$x', `A='/a b/$x'\n`],
    ['dotenv', 'A', `/it's/a`, `A="/it's/a"\n`],
    ['dotenv', 'A', null, '# A must not be set\n'],
  ])('%s: %s is %j', (shell, name, value, line) => {
    expect(renderVariables(shell, { [name]: value })).toBe(line);
  });

  test.each(['a\nb', 'a\\b c', `both ' and "`])('a .env file has no spelling for %j', (value) => {
    expect(() => renderVariables('dotenv', { A: value })).toThrow('The value of A');
  });
});

const values = fc.array(
  fc.oneof(
    fc.string({ unit: 'binary', maxLength: 30 }).map((text) => text.toWellFormed().replaceAll('\0', '')),
    fc.constantFrom(HARD, `'`, `''`, '\\', '\\\\', `'\\''`, '\n', '‘’‚‛', '$(id)', '${A}', '-n', ''),
  ),
  { minLength: 1, maxLength: 8 },
);

describe('whatever a value is, it arrives as it was', () => {
  test('in a real bash', () => {
    fc.assert(
      fc.property(values, (texts) => {
        const variables = Object.fromEntries(texts.map((text, index) => [`V${index}`, text]));
        const script = `${renderVariables('bash', variables)}exec node -e 'process.stdout.write(JSON.stringify(process.env))'`;
        const seen = JSON.parse(execFileSync('bash', ['-c', script], { encoding: 'utf8' })) as Record<string, string>;
        expect(Object.fromEntries(Object.keys(variables).map((name) => [name, seen[name]]))).toEqual(variables);
      }),
      { numRuns: 15 },
    );
  });

  test('in fish, where a backslash in single quotes escapes itself and the quote alone', () => {
    fc.assert(
      fc.property(values, ([text = '']) => {
        const quoted = /^set -gx A '((?:[^'\\]|\\['\\])*)'\n$/s.exec(renderVariables('fish', { A: text }))?.[1];
        expect(quoted?.replaceAll(/\\(['\\])/g, '$1')).toBe(text);
      }),
    );
  });

  test('in PowerShell, where any of five quotes is doubled within single ones', () => {
    fc.assert(
      fc.property(values, ([text = '']) => {
        const quoted = /^\$env:A = '((?:[^'‘’‚‛]|(['‘’‚‛])\2)*)'\n$/s.exec(
          renderVariables('powershell', { A: text }),
        )?.[1];
        expect(quoted?.replaceAll(/(['‘’‚‛])\1/g, '$1')).toBe(text);
      }),
    );
  });

  test('in a .env file, or it is refused', () => {
    fc.assert(
      fc.property(values, ([text = '']) => {
        let written: string;
        try {
          written = renderVariables('dotenv', { A: text });
        } catch (error) {
          expect(String(error)).toContain('The value of A');
          return;
        }
        expect(parseEnv(`${written}B=1\n`)).toEqual({ A: text, B: '1' });
      }),
      { numRuns: 300 },
    );
  });
});
