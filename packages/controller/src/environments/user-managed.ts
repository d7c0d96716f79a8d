/** An environment that its user looks after: the interpreter that is named, as it is. */
import { createHash } from 'node:crypto';
import { isAbsolute } from 'node:path';

import { FarledError } from '@farled/contract';

import type { Tell } from '../shared-work.ts';
import type { BuiltEnvironment } from './environments.ts';
import { findExecutable, isExecutable } from './executable.ts';
import type { Variables } from './uv/environment.ts';

/** @throws FarledError EnvironmentBuildFailed when there is no such program. */
export async function useInterpreter(
  interpreterPath: string,
  variables: Variables,
  tell: Tell,
): Promise<BuiltEnvironment> {
  const python = await locate(interpreterPath, variables);
  if (python === null) {
    throw new FarledError(
      'EnvironmentBuildFailed',
      `The interpreter "${interpreterPath}" of this user-managed environment is not on this machine.`,
      {
        suggestion:
          'Set python.interpreterPath to the absolute path of a Python on this machine, or set userManagedDependencies to false and list the packages.',
      },
    );
  }
  tell(`The environment is managed by its user: nothing is installed, ${python} is used as it is.`);
  return { digest: `user-${createHash('sha256').update(python).digest('hex').slice(0, 32)}`, python };
}

/** Absolute paths stand for themselves; names are looked up on the PATH, «python» also as «python3». */
async function locate(interpreterPath: string, variables: Variables): Promise<string | null> {
  if (interpreterPath.includes('/')) {
    return isAbsolute(interpreterPath) && (await isExecutable(interpreterPath)) ? interpreterPath : null;
  }
  const found = await findExecutable(interpreterPath, variables);
  return found === null && interpreterPath === 'python' ? findExecutable('python3', variables) : found;
}
