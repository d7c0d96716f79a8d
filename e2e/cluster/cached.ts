/** What takes minutes to make is made once on a machine and kept. */
import { existsSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

import { withLock } from './lock.ts';

/** The path, whose file is made now if it is not there; as a whole or not at all, and by one process. */
export async function cached(path: string, make: (unfinished: string) => Promise<unknown>): Promise<string> {
  if (!existsSync(path)) {
    await withLock(path, async () => {
      if (!existsSync(path)) {
        await mkdir(dirname(path), { recursive: true });
        const unfinished = `${path}.unfinished`;
        await make(unfinished);
        await rename(unfinished, path);
      }
    });
  }
  return path;
}
