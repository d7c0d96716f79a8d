/** Control groups of our own, in whichever version of them the machine has. */
import { mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

const ROOT = '/sys/fs/cgroup';
const CONTROLLERS = ['cpu', 'cpuset', 'memory', 'hugetlb', 'pids', 'io'];

export async function createCgroup(path: string): Promise<void> {
  for (const { folder, version } of await hierarchies()) {
    await mkdir(join(folder, path), { recursive: true });
    if (version === 2) {
      await enableControllers(folder, path);
    }
  }
}

/** Removes a cgroup without processes and all below it. */
export async function removeCgroup(path: string): Promise<void> {
  for (const { folder } of await hierarchies()) {
    await removeTree(join(folder, path));
  }
}

async function removeTree(folder: string): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries.filter((child) => child.isDirectory())) {
    await removeTree(join(folder, entry.name));
  }
  await removeWhenEmpty(folder);
}

/** The kernel counts a process in its group until somebody has read its exit code. */
async function removeWhenEmpty(folder: string, deadline = Date.now() + 10_000): Promise<void> {
  try {
    await rmdir(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EBUSY' && Date.now() < deadline) {
      await setTimeout(50);
      await removeWhenEmpty(folder, deadline);
    } else if (code !== 'ENOENT') {
      throw error;
    }
  }
}

/** One in version 2, one for each controller in version 1. */
async function hierarchies(): Promise<readonly { readonly folder: string; readonly version: 1 | 2 }[]> {
  const mounts = (await readFile('/proc/self/mounts', 'utf8')).split('\n').map((line) => line.split(' '));
  return mounts.flatMap(([, folder = '', type = '']) =>
    type.startsWith('cgroup') && folder.startsWith(ROOT) ? [{ folder, version: type === 'cgroup2' ? 2 : 1 }] : [],
  );
}

/** In version 2 a group has the controllers that each of its parents hands down. */
async function enableControllers(root: string, path: string): Promise<void> {
  const parents = path.split('/').map((_, index, parts) => join(root, ...parts.slice(0, index)));
  for (const parent of parents) {
    const there = (await readFile(join(parent, 'cgroup.controllers'), 'utf8')).trim().split(' ');
    for (const controller of CONTROLLERS.filter((name) => there.includes(name))) {
      await writeFile(join(parent, 'cgroup.subtree_control'), `+${controller}`);
    }
  }
}
