import type { Finding } from '../../azureml/doctor/finding.ts';
import { findings } from '../../azureml/doctor/findings.ts';
import { gatherFacts } from '../../azureml/doctor/gather.ts';
import { CLIENT_OPTIONS } from '../../azureml/prepare.ts';
import { command } from '../../command.ts';
import { EXIT } from '../../output/error.ts';
import { flag, text } from '../../parse/options.ts';

const WORDS: Readonly<Record<Finding['state'], string>> = { ok: 'OK', problem: 'PROBLEM', unknown: '-' };

export const examineClient = command({
  path: ['azureml', 'doctor'],
  summary: 'Look at everything that azureml-core needs to reach the server, and say what to do about what is wrong.',
  examples: [
    ['Look at this shell and this folder', 'farled azureml doctor'],
    ['Look at another Python', 'farled azureml doctor --python .venv/bin/python --json'],
  ],
  options: {
    json: flag('--json', 'Print JSON, as -o json does.'),
    python: text('--python', 'PATH', 'The Python of the scripts; `python` of the PATH by default.'),
    ...CLIENT_OPTIONS,
  },
  async run(options, parts) {
    const found = findings(await gatherFacts(options, parts));
    const exitCode = found.some(({ state }) => state === 'problem') ? EXIT.failed : EXIT.ok;
    return options.json
      ? { value: found, prefer: 'json', exitCode }
      : { value: found, prefer: 'text', text: found.map(lineOf).join(''), exitCode };
  },
});

function lineOf({ check, state, seen, todo }: Finding): string {
  const line = `${WORDS[state].padEnd(8)} ${check.padEnd(13)} ${seen}\n`;
  return todo === null ? line : `${line}${' '.repeat(23)}${todo}\n`;
}
