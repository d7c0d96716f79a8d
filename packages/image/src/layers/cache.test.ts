import { mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ManualClock } from '@farled/service';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { createLayerCache } from './cache.ts';
import { folderLayer } from './folder-layer.ts';
import type { LayerSource } from './layer.ts';

const signal = new AbortController().signal;
let folder: string;
const clock = new ManualClock();

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'farled-cache-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function source(key: string, size = 10): LayerSource & { made: number } {
  return {
    name: key,
    key,
    made: 0,
    entries() {
      this.made += 1;
      // Not compressible, and decided by the key.
      const bytes = Buffer.from(Array.from({ length: size }, (_, i) => (i * 7919 * (key.charCodeAt(0) + i)) >> 5));
      return [{ kind: 'file', path: 'a', mode: 0o644, source: { bytes } }];
    },
  };
}

async function content(cache: ReturnType<typeof createLayerCache>, of: LayerSource): Promise<Buffer> {
  const bytes = await cache.open(of, 'zstd', signal);
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes.read(0)) {
    chunks.push(chunk);
  }
  await bytes.close();
  return Buffer.concat(chunks);
}

test('a layer is made once for all who ask, also of a later process', async () => {
  const cache = createLayerCache({ folder, clock });
  const one = source('one');
  expect(await cache.recall(one, 'zstd')).toBeUndefined();
  const [a, b] = await Promise.all([cache.describe(one, 'zstd', signal), cache.describe(one, 'zstd', signal)]);
  expect(a).toEqual(b);
  const later = createLayerCache({ folder, clock });
  expect(await later.describe(one, 'zstd', signal)).toEqual(a);
  expect(one.made).toBe(1);
  const other = await later.describe(one, 'gzip', signal);
  expect(other.diffId).toBe(a.diffId);
  expect(other.digest).not.toBe(a.digest);
  expect((await readdir(join(folder, 'blobs'))).toSorted()).toEqual(
    [a, other].map(({ digest }) => digest.replace(':', '-')).toSorted(),
  );
});

test('the bytes used longest ago give way; what the layer is stays known', async () => {
  const cache = createLayerCache({ folder, clock, maximumBytes: 5000 });
  const [one, two, three] = [source('1', 2000), source('2', 2000), source('3', 2000)];
  const first = await cache.describe(one, 'zstd', signal);
  await clock.advance(1000);
  const bytes = await content(cache, one);
  await cache.describe(two, 'zstd', signal);
  await clock.advance(1000);
  await content(cache, two);
  await clock.advance(1000);
  await content(cache, one);
  await cache.describe(three, 'zstd', signal);
  const left = await readdir(join(folder, 'blobs'));
  expect(left).toHaveLength(2);
  expect(left).toContain(first.digest.replace(':', '-'));
  const made = two.made;
  expect(await cache.recall(two, 'zstd')).toBeDefined();
  await content(cache, two);
  expect(two.made).toBe(made + 1);
  expect((await content(cache, one)).equals(bytes)).toBe(true);
});

test('bytes that are being read stay, when they are forgotten meanwhile', async () => {
  const cache = createLayerCache({ folder, clock, maximumBytes: 1 });
  const one = source('1', 2000);
  const { size } = await cache.describe(one, 'zstd', signal);
  const bytes = await cache.open(one, 'zstd', signal);
  await cache.describe(source('2', 2000), 'zstd', signal);
  let read = 0;
  for await (const chunk of bytes.read(100)) {
    read += chunk.length;
  }
  expect(read).toBe(size - 100);
  await bytes.close();
});

test('what a crash left is not taken for a layer', async () => {
  const cache = createLayerCache({ folder, clock });
  const one = source('1', 2000);
  const { digest } = await cache.describe(one, 'zstd', signal);
  const [record = ''] = await readdir(join(folder, 'layers'));
  await writeFile(join(folder, 'layers', record), '{"digest":');
  expect((await cache.describe(one, 'zstd', signal)).digest).toBe(digest);
  const blob = join(folder, 'blobs', digest.replace(':', '-'));
  await truncate(blob, 10);
  await content(cache, one);
  expect((await stat(blob)).size).toBeGreaterThan(10);
});

test('equal keys with different bytes are not mixed up silently', async () => {
  const cache = createLayerCache({ folder, clock });
  const one = source('1');
  const { digest } = await cache.describe(one, 'zstd', signal);
  await rm(join(folder, 'blobs', digest.replace(':', '-')));
  const liar = { ...source('2'), key: '1' };
  await expect(cache.open(liar, 'zstd', signal)).rejects.toThrow(/packed twice under one key and came out different/);
});

test('a folder is the same layer wherever it is and whenever it was written', async () => {
  const digests: string[] = [];
  for (const name of ['here', 'there']) {
    const place = join(folder, name);
    await mkdir(join(place, 'sub'), { recursive: true });
    await writeFile(join(place, 'sub', 'é'), 'text');
    await writeFile(join(place, 'run.sh'), '#!', { mode: 0o700 });
    const cache = createLayerCache({ folder: join(folder, `cache-${name}`), clock });
    const layer = folderLayer({ name, key: 'k', folder: place, at: '/opt/x', uid: 1000 });
    digests.push((await cache.describe(layer, 'zstd', signal)).digest);
    await clock.advance(1e9);
  }
  expect(new Set(digests).size).toBe(1);
});

test('nothing stays of a layer that could not be made', async () => {
  const cache = createLayerCache({ folder, clock });
  const broken: LayerSource = {
    name: 'broken',
    key: 'broken',
    entries: () => [{ kind: 'file', path: 'a', mode: 0o644, source: { file: join(folder, 'missing') } }],
  };
  await expect(cache.describe(broken, 'zstd', signal)).rejects.toMatchObject({ code: 'ImageBuildFailed' });
  expect(await readdir(join(folder, 'blobs'))).toEqual([]);
  expect(await readFile(join(folder, 'layers', 'x')).catch(() => 'none')).toBe('none');
});
