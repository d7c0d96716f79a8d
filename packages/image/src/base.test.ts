import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { silentLogger, systemClock } from '@farled/service';
import { expect, onTestFinished, test } from 'vitest';

import { inspectBase } from './base.ts';
import { buildImage } from './build.ts';
import { createLayerCache } from './layers/cache.ts';
import type { Compression } from './layers/compression.ts';
import type { LayerEntry } from './layers/layer.ts';
import { whiteout } from './layers/whiteout.ts';
import { anonymous } from './registry/credentials.ts';
import { parseReference } from './registry/reference.ts';
import { createRegistry } from './registry/registry.ts';
import { startRegistry } from './testing/start-registry.ts';

const signal = new AbortController().signal;
const platform = { os: 'linux', architecture: 'amd64' } as const;

const file = (path: string, text = ''): LayerEntry => ({
  kind: 'file',
  path,
  mode: 0o755,
  source: { bytes: Buffer.from(text) },
});

test.each(['zstd', 'gzip'] as const)('a base of layers packed by %s is read once', async (compression: Compression) => {
  const folder = await mkdtemp(join(tmpdir(), 'farled-base-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const running = await startRegistry();
  onTestFinished(running.stop);
  const registry = createRegistry({ credentials: anonymous, clock: systemClock, log: silentLogger });
  onTestFinished(() => registry.close());
  const layers: LayerEntry[][] = [
    [
      file('/usr/bin/python3.9'),
      file('/usr/local/bin/python3.11'),
      { kind: 'symlink', path: '/usr/local/bin/python3', target: 'python3.11' },
      file(
        '/usr/lib/x86_64-linux-gnu/libc.so.6',
        'x'.repeat(100_000) + 'GNU C Library (GNU libc) stable release version 2.36.',
      ),
    ],
    [whiteout('/usr/bin/python3.9'), { kind: 'symlink', path: '/opt/conda/bin/python3.10', target: 'python' }],
  ];
  const { reference } = await buildImage({
    registry,
    cache: createLayerCache({ folder: join(folder, 'cache'), clock: systemClock }),
    base: null,
    target: { host: running.host, repository: 'base' },
    platforms: [platform],
    layers: () => layers.map((entries, index) => ({ name: `${index}`, key: `${index}`, entries: () => entries })),
    config: { env: { PATH: '/usr/local/bin' } },
    compression,
    log: () => {},
    signal,
  });
  const parts = { registry, folder: join(folder, 'bases') };
  const facts = await inspectBase(parts, parseReference(reference), platform, signal);
  expect(facts).toMatchObject({
    digest: parseReference(reference).digest,
    config: { config: { Env: ['PATH=/usr/local/bin'] } },
    interpreters: [
      { path: '/usr/local/bin/python3.11', version: [3, 11] },
      { path: '/opt/conda/bin/python3.10', version: [3, 10] },
    ],
    glibc: '2.36',
  });
  const [kept = ''] = await readdir(parts.folder);
  expect((await stat(join(parts.folder, kept))).mode & 0o777).toBe(0o600);
  // Without its layers it can only be known from what was kept.
  await rm(join(running.folder, 'data/docker/registry/v2/blobs'), { recursive: true });
  const name = parseReference(reference);
  const offline = { ...registry, imageManifest: async () => ({ digest: facts.digest }) as never };
  expect(await inspectBase({ ...parts, registry: offline }, name, platform, signal)).toEqual(facts);
});

test('a layer that is none is said to be so', async () => {
  const { readListing } = await import('./layer-listing.ts');
  const bytes = (async function* garbage() {
    yield Buffer.from('not a layer');
  })();
  await expect(readListing(bytes, 'application/vnd.oci.image.layer.v1.tar+gzip', signal)).rejects.toMatchObject({
    code: 'RegistryUnavailable',
    message: expect.stringContaining("A layer of the base image can't be read"),
  });
});
