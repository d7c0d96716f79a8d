/** Looks programs up as a shell does. */
import { access, constants } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';

import type { Variables } from './uv/environment.ts';

/** The absolute path of the first program of that name on the PATH. */
export async function findExecutable(name: string, variables: Variables): Promise<string | null> {
  const folders = (variables['PATH'] ?? '').split(delimiter).filter((folder) => isAbsolute(folder));
  for (const path of folders.map((folder) => join(folder, name))) {
    if (await isExecutable(path)) {
      return path;
    }
  }
  return null;
}

export async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
