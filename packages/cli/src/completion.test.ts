import { execFileSync } from 'node:child_process';

import { describe, expect, test } from 'vitest';

import { COMMANDS } from './commands/index.ts';
import { completionScript } from './completion.ts';

function completeInBash(...words: string[]): string[] {
  const quoted = words.map((word) => `'${word}'`).join(' ');
  const script = `${completionScript('bash', COMMANDS)}
COMP_WORDS=(farled ${quoted}); COMP_CWORD=${words.length}; _farled; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const output = execFileSync('bash', ['--norc', '-c', script], { encoding: 'utf8' });
  return output.trim().split('\n');
}

describe('completion in bash', () => {
  test.each<[words: string[], among: string[]]>([
    [[''], ['model', 'service', 'computetarget', 'completion']],
    [['mo'], ['model']],
    [
      ['model', ''],
      ['register', 'deploy'],
    ],
    [['computetarget', 'create', ''], ['aks']],
    [
      ['completion', ''],
      ['bash', 'zsh', 'fish'],
    ],
    [
      ['model', 'deploy', '--compute-t'],
      ['--compute-target', '--compute-type'],
    ],
    [['model', 'deploy', '-n', 'a', '--over'], ['--overwrite']],
  ])('%j', (words, among) => {
    expect(completeInBash(...words)).toEqual(expect.arrayContaining(among));
  });
});

test.each(['zsh', 'fish'] as const)('the script for %s names every group and every flag', (shell) => {
  const script = completionScript(shell, COMMANDS);
  for (const command of COMMANDS) {
    expect(script).toContain(command.path.at(-1));
    Object.values(command.options).forEach((option) => expect(script).toContain(option.flags.at(-1)));
  }
});
