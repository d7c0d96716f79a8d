/** A folder as a container image of one layer, in an OCI archive that skopeo can push. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, mkdir, mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { run } from './commands.ts';
import { cacheFolder } from './layout.ts';

export interface ImageConfig {
  readonly Entrypoint?: readonly string[];
  readonly Cmd?: readonly string[];
  readonly Env: readonly string[];
}

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

const OCI = 'application/vnd.oci.image';

export async function writeImage(root: string, config: ImageConfig, archive: string): Promise<void> {
  const work = await mkdtemp(join(cacheFolder(), 'image-'));
  try {
    const blobs = join(work, 'layout', 'blobs', 'sha256');
    await mkdir(blobs, { recursive: true });
    const { layer, diffId } = await writeLayer(root, work, blobs);
    const image = {
      created: new Date(0).toISOString(),
      architecture: process.arch === 'x64' ? 'amd64' : process.arch,
      os: 'linux',
      config,
      rootfs: { type: 'layers', diff_ids: [diffId] },
      history: [{ created: new Date(0).toISOString(), created_by: 'farled test cluster' }],
    };
    const manifest = {
      schemaVersion: 2,
      mediaType: `${OCI}.manifest.v1+json`,
      config: await writeBlob(blobs, `${OCI}.config.v1+json`, image),
      layers: [layer],
    };
    const index = { schemaVersion: 2, manifests: [await writeBlob(blobs, `${OCI}.manifest.v1+json`, manifest)] };
    await writeFile(join(work, 'layout', 'index.json'), JSON.stringify(index));
    await writeFile(join(work, 'layout', 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
    await run('tar', ['--create', '--file', archive, '--directory', join(work, 'layout'), '.']);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function writeLayer(
  root: string,
  work: string,
  blobs: string,
): Promise<{ readonly layer: Descriptor; readonly diffId: string }> {
  const tar = join(work, 'layer.tar');
  // The folder becomes the root of the containers' file system, and not only root may enter it.
  await chmod(root, 0o755);
  await run('tar', ['--create', '--file', tar, '--directory', root, '--numeric-owner', '--sort=name', '.']);
  const diffId = await digestOf(tar);
  await run('gzip', ['-1', '--no-name', tar]);
  const digest = await digestOf(`${tar}.gz`);
  const { size } = await stat(`${tar}.gz`);
  await rename(`${tar}.gz`, join(blobs, digest.slice('sha256:'.length)));
  return { layer: { mediaType: `${OCI}.layer.v1.tar+gzip`, digest, size }, diffId };
}

async function writeBlob(blobs: string, mediaType: string, content: unknown): Promise<Descriptor> {
  const bytes = JSON.stringify(content);
  const digest = createHash('sha256').update(bytes).digest('hex');
  await writeFile(join(blobs, digest), bytes);
  return { mediaType, digest: `sha256:${digest}`, size: Buffer.byteLength(bytes) };
}

async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) {
    hash.update(chunk as Buffer);
  }
  return `sha256:${hash.digest('hex')}`;
}
