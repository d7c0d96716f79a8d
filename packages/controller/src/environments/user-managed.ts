/** An environment that its user looks after: the interpreter that is named, as it is. */
import { createHash } from 'node:crypto';
import { access, constants } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';

import { FarledError } from '@farled/contract';

import type { Tell } from '../shared-work.ts';
import type { BuiltEnvironment } from './environments.ts';
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
  const folders = (variables['PATH'] ?? '').split(delimiter).filter((folder) => isAbsolute(folder));
  const names = interpreterPath === 'python' ? ['python', 'python3'] : [interpreterPath];
  for (const path of names.flatMap((name) => folders.map((folder) => join(folder, name)))) {
    if (await isExecutable(path)) {
      return path;
    }
  }
  return null;
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
