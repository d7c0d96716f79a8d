/** A lock between processes: a file that names its holder, and that outlives it harmlessly. */
import { randomUUID } from 'node:crypto';
import { link, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

import { type Clock, identifyProcess, isRunning, readJsonFile } from '@farled/service';
import { z } from 'zod';

export const Holder = z.object({ pid: z.int().positive(), startTicks: z.string().nullable() });

const POLL_MS = 100;

/**
 * Waits until the lock is ours. Two that find a dead holder's lock at the same moment may both get it, within a
 * window of microseconds: what the lock guards must bear that, and only be wasteful then.
 */
export async function acquireLock(
  path: string,
  parts: { readonly clock: Clock; readonly signal: AbortSignal; readonly waiting: (pid: number) => void },
): Promise<AsyncDisposable> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const mine = `${path}.${randomUUID()}`;
  await writeFile(mine, JSON.stringify(await identifyProcess(process.pid)), { mode: 0o600 });
  let told = false;
  try {
    while (!(await linkOnce(mine, path))) {
      const holder = Holder.safeParse(await readJsonFile(path));
      if (holder.success && (await isRunning(holder.data))) {
        if (!told) {
          parts.waiting(holder.data.pid);
          told = true;
        }
        await parts.clock.sleep(POLL_MS, parts.signal);
      } else {
        await removeStale(path);
      }
    }
  } finally {
    await rm(mine, { force: true });
  }
  return { [Symbol.asyncDispose]: () => rm(path, { force: true }) };
}

/** A hard link appears whole, with its content, or not at all. */
async function linkOnce(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') {
      return false;
    }
    throw error;
  }
}

/** Moves it aside first: only one can, and only then is it known what was moved. */
async function removeStale(path: string): Promise<void> {
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return;
    }
    throw error;
  }
  const moved = Holder.safeParse(await readJsonFile(aside));
  if (moved.success && (await isRunning(moved.data))) {
    // Another one took the lock over after we had looked.
    await linkOnce(aside, path);
  }
  await rm(aside, { force: true });
}
