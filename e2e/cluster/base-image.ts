/** The images that every cluster needs: Debian with Python, and the one that holds a pod's namespaces. */
import { createHash } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { cached } from './cached.ts';
import { run } from './commands.ts';
import { writeImage } from './image.ts';
import { cacheFolder } from './layout.ts';
import { program } from './programs.ts';

const RELEASE = 'bookworm'; // Its Python is 3.11.
const PACKAGES = ['python3', 'ca-certificates', 'libgomp1', 'libstdc++6'];
const PATH = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
/** What a package manager leaves behind and no container reads. */
const LEFTOVERS = [
  'var/cache/apt',
  'var/lib/apt/lists',
  'var/log',
  'usr/share/doc',
  'usr/share/man',
  'usr/share/locale',
];

/** The archive of the base image; made by debootstrap the first time, a minute. */
export async function pythonImage(report: (line: string) => void): Promise<string> {
  const recipe = createHash('sha256')
    .update(JSON.stringify([RELEASE, PACKAGES, LEFTOVERS]))
    .digest('hex');
  return cached(join(cacheFolder(), `python-${recipe.slice(0, 16)}.oci.tar`), async (archive) => {
    report('Making the base image with debootstrap, about a minute the first time');
    const root = await mkdtemp(join(cacheFolder(), 'root-'));
    try {
      await run('debootstrap', ['--variant=minbase', `--include=${PACKAGES.join(',')}`, RELEASE, root]);
      for (const leftover of LEFTOVERS) {
        await rm(join(root, leftover), { recursive: true, force: true });
        await mkdir(join(root, leftover));
      }
      await writeImage(root, { Env: [PATH, 'LANG=C.UTF-8'], Cmd: ['python3'] }, archive);
    } finally {
      await rm(root, { recursive: true, force: true });
    }
  });
}

/** The archive of the image whose container holds a pod's namespaces. */
export async function pauseImage(report: (line: string) => void): Promise<string> {
  const pause = await program('pause', report);
  return cached(`${pause}.oci.tar`, async (archive) => {
    const root = await mkdtemp(join(cacheFolder(), 'root-'));
    try {
      await copyFile(pause, join(root, 'pause'));
      await writeImage(root, { Env: [PATH], Entrypoint: ['/pause'] }, archive);
    } finally {
      await rm(root, { recursive: true, force: true });
    }
  });
}
