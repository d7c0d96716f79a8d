/** Runs another program in place of this one, as `env` does. */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';

import { FarledError } from '@farled/contract';

import type { Ended, Program } from '../command.ts';

const PASSED_ON = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2'] as const;
/** A terminal sends these to the program itself as well, which must not get them twice. */
const FROM_TERMINALS: readonly NodeJS.Signals[] = ['SIGINT', 'SIGQUIT'];

/** @throws FarledError BadArgument when there is no such program. */
export async function execute({ file, arguments: given, folder, variables }: Program): Promise<Ended> {
  const child = spawn(file, given, { cwd: folder, env: variables, stdio: 'inherit' });
  const passOn = (signal: NodeJS.Signals): void => {
    if (!process.stdin.isTTY || !FROM_TERMINALS.includes(signal)) {
      child.kill(signal);
    }
  };
  for (const signal of PASSED_ON) {
    process.on(signal, passOn);
  }
  try {
    return await new Promise((resolve, reject) => {
      child.on('error', (error) => reject(notStarted(file, error)));
      child.on('exit', (code, signal) => {
        resolve({ exitCode: signal === null ? (code ?? 0) : 128 + constants.signals[signal] });
      });
    });
  } finally {
    for (const signal of PASSED_ON) {
      process.off(signal, passOn);
    }
  }
}

function notStarted(file: string, error: NodeJS.ErrnoException): FarledError {
  const missing = error.code === 'ENOENT';
  return new FarledError(
    'BadArgument',
    `${file} can't be started: ${missing ? 'there is no such program' : error.message}.`,
    {
      suggestion: missing ? 'Is it on the PATH?' : 'Can it be executed?',
      cause: error,
    },
  );
}
