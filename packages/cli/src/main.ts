/** The `farled` process: the one place that reads its environment, writes to its terminal and sets its exit code. */
import { readFileSync } from 'node:fs';
import { text as readText } from 'node:stream/consumers';

import { confirm, isCancel, password } from '@clack/prompts';
import { FarledError } from '@farled/contract';

import { run, type Screen } from './run.ts';
import { execute } from './terminal/execute.ts';

const interruption = new AbortController();
process.once('SIGINT', () => interruption.abort(new Error('Interrupted')));
process.once('SIGTERM', () => interruption.abort(new Error('Terminated')));

/** A reader that has seen enough (`head`, `grep -q`) closes the pipe: no failure of ours. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') {
    throw error;
  }
});

process.exitCode = await run(process.argv.slice(2), {
  folder: process.cwd(),
  variables: process.env,
  version: ownVersion(),
  output: screen(process.stdout),
  error: screen(process.stderr),
  print: (text) => new Promise((resolve) => void process.stdout.write(text, (failure) => resolve(!failure))),
  confirm: ask,
  askSecret,
  readInput: () => readText(process.stdin),
  execute,
  signal: interruption.signal,
});

function screen(stream: NodeJS.WriteStream): Screen {
  return {
    write: (text) => void stream.write(text),
    terminal: stream.isTTY,
    colors: stream.isTTY && stream.hasColors(),
    get columns() {
      return stream.columns;
    },
  };
}

function ownVersion(): string {
  const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}

async function ask(message: string): Promise<boolean> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    throw new FarledError('BadArgument', `This needs an answer, and there is no terminal to ask at: ${message}`, {
      suggestion: 'Add --yes.',
    });
  }
  const answer = await confirm({ message, initialValue: false, output: process.stderr });
  return !isCancel(answer) && answer;
}

async function askSecret(message: string): Promise<string> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    throw new FarledError('BadArgument', `There is no terminal to ask at: ${message}`, {
      suggestion: 'Send it to the standard input with --password-stdin.',
    });
  }
  const answer = await password({ message, output: process.stderr });
  if (isCancel(answer)) {
    throw new FarledError('BadArgument', 'Nothing was entered.');
  }
  return answer;
}
