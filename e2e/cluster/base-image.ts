/** The images that clusters need: Debian with Python, the one that holds a pod's namespaces, and Debian with buildah. */
import { createHash } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { cached } from './cached.ts';
import { run } from './commands.ts';
import { type ImageConfig, writeImage } from './image.ts';
import { cacheFolder } from './layout.ts';
import { program } from './programs.ts';

const RELEASE = 'bookworm'; // Its Python is 3.11.
const PACKAGES = ['python3', 'ca-certificates', 'libgomp1', 'libstdc++6'];
const BUILDAH_PACKAGES = ['buildah', 'ca-certificates', 'crun', 'netavark'];
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

/** The archive of the base image. */
export function pythonImage(report: (line: string) => void): Promise<string> {
  return debianImage('python', PACKAGES, { Env: [PATH, 'LANG=C.UTF-8'], Cmd: ['python3'] }, report);
}

/** The archive of an image that builds images. */
export function buildahImage(report: (line: string) => void): Promise<string> {
  return debianImage('buildah', BUILDAH_PACKAGES, { Env: [PATH] }, report);
}

/** Made by debootstrap the first time, a minute. */
async function debianImage(
  name: string,
  packages: readonly string[],
  config: ImageConfig,
  report: (line: string) => void,
): Promise<string> {
  const recipe = createHash('sha256')
    .update(JSON.stringify([RELEASE, packages, LEFTOVERS]))
    .digest('hex');
  return cached(join(cacheFolder(), `${name}-${recipe.slice(0, 16)}.oci.tar`), async (archive) => {
    report(`Making the image with ${name} with debootstrap, about a minute the first time`);
    const root = await mkdtemp(join(cacheFolder(), 'root-'));
    try {
      await run('debootstrap', ['--variant=minbase', `--include=${packages.join(',')}`, RELEASE, root]);
      for (const leftover of LEFTOVERS) {
        await rm(join(root, leftover), { recursive: true, force: true });
        await mkdir(join(root, leftover));
      }
      await writeImage(root, config, archive);
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
