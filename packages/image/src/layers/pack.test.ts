import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';

import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';

import type { LayerEntry } from './layer.ts';
import { orderEntries } from './order.ts';
import { expectedBytes, pack } from './packer.ts';

const run = promisify(execFile);
const signal = new AbortController().signal;
let folder: string;
let number = 0;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'farled-pack-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function packed(entries: LayerEntry[], compression: 'gzip' | 'zstd' = 'zstd') {
  number += 1;
  const output = join(folder, `${number}.layer`);
  const ordered = orderEntries(entries);
  const layer = await pack({ entries: ordered, compression, bytes: expectedBytes(ordered), output }, signal);
  return { ...layer, file: await readFile(output) };
}

const sha256 = (bytes: Uint8Array) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

test.each(['zstd', 'gzip'] as const)(
  'a layer has the digests of its bytes, packed by %s and not',
  async (compression) => {
    const bytes = randomBytes(9 * 1024 * 1024);
    const large = await packed([{ kind: 'file', path: 'a', mode: 0o644, source: { bytes } }], compression);
    const tar = (compression === 'zstd' ? zstdDecompressSync : gunzipSync)(large.file);
    expect(large.digest).toBe(sha256(large.file));
    expect(large.diffId).toBe(sha256(tar));
    expect(large.size).toBe(large.file.length);
    expect(tar.subarray(512, 512 + bytes.length).equals(bytes)).toBe(true);
  },
);

test('gzip does not say when and where it ran', async () => {
  const { file } = await packed([{ kind: 'directory', path: 'a', mode: 0o755 }], 'gzip');
  expect([...file.subarray(0, 10)]).toEqual([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);
});

test('kinds, rights, owners and targets are those that were given', async () => {
  const layer = await packed([
    { kind: 'file', path: '/opt/run', mode: 0o100755, uid: 1000, gid: 2000, source: { bytes: Buffer.from('x') } },
    { kind: 'file', path: '/opt/secret', mode: 0o4600, uid: 3_000_000, gid: 5, source: { bytes: Buffer.from('yy') } },
    { kind: 'symlink', path: '/opt/link', target: 'run' },
    { kind: 'symlink', path: '/opt/long', target: `/${'t'.repeat(150)}` },
  ]);
  await writeFile(join(folder, 'x.tar'), zstdDecompressSync(layer.file));
  const { stdout } = await run('tar', ['--numeric-owner', '--utc', '-tvf', join(folder, 'x.tar')]);
  const lines = stdout.trim().split('\n');
  const at = '1970-01-01 00:00';
  expect(lines.map((line) => line.replaceAll(/ +/g, ' '))).toEqual([
    `drwxr-xr-x 0/0 0 ${at} opt/`,
    `lrwxrwxrwx 0/0 0 ${at} opt/link -> run`,
    `lrwxrwxrwx 0/0 0 ${at} opt/long -> /${'t'.repeat(150)}`,
    `-rwxr-xr-x 1000/2000 1 ${at} opt/run`,
    `-rwS------ 3000000/5 2 ${at} opt/secret`,
  ]);
});

const names = fc
  .array(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 120 }), { minLength: 1, maxLength: 4 })
  .map((parts) => parts.map((part) => part.replaceAll(/[/\0]/g, '-')))
  .filter((parts) => parts.every((part) => part !== '.' && part !== '..' && Buffer.byteLength(part) < 250))
  .map((parts) => parts.join('/'));

test('names of any length and script are read back by tar', { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(names, { minLength: 1, maxLength: 6 }), async (paths) => {
      const entries = paths.map((path, index): LayerEntry => ({
        kind: 'file',
        // A folder of its own for each, so that none is inside of another that is a file.
        path: `${index}/${path}`,
        mode: 0o644,
        source: { bytes: Buffer.from(path) },
      }));
      const layer = await packed(entries);
      const tar = join(folder, 'x.tar');
      await writeFile(tar, zstdDecompressSync(layer.file));
      const { stdout } = await run('tar', ['--quoting-style=literal', '--null', '-tf', tar], {
        env: { ...process.env, LC_ALL: 'C.UTF-8' },
      });
      for (const entry of entries) {
        expect(stdout).toContain(entry.path);
        await run('tar', ['-xf', tar, '-C', folder, '--no-same-owner', '--no-wildcards', '--', entry.path]);
        expect(await readFile(join(folder, entry.path), 'utf8')).toBe(entry.path.slice(2));
      }
    }),
    { numRuns: 30 },
  );
});

test('the same entries give the same bytes, in whatever order they come, at once or in another process', async () => {
  const entries = Array.from({ length: 400 }, (_, index): LayerEntry => ({
    kind: 'file',
    path: `d/${index % 7}/${index}`,
    mode: 0o644,
    source: { bytes: Buffer.from(`content ${index}`) },
  }));
  const inThread = await packed(entries);
  const ordered = orderEntries(entries.toReversed());
  const output = join(folder, 'direct');
  const { packLayer } = await import('./pack.ts');
  const direct = await packLayer(
    { entries: ordered, compression: 'zstd', bytes: expectedBytes(ordered), output },
    signal,
  );
  expect(direct.digest).toBe(inThread.digest);
});

test('a file that changes, and one that is gone, are named; in another process as well', async () => {
  const path = join(folder, 'changing');
  await writeFile(path, '12345');
  const entry: LayerEntry = { kind: 'file', path: 'a', mode: 0o644, size: 4, source: { file: path } };
  await expect(packed([entry])).rejects.toThrow(`${path} was changed while it was packed: it had 4 bytes, then 5`);
  const missing: LayerEntry = { kind: 'file', path: 'a', mode: 0o644, source: { file: join(folder, 'missing') } };
  await expect(packed([missing])).rejects.toMatchObject({
    code: 'ImageBuildFailed',
    message: expect.stringContaining('missing'),
  });
  const large: LayerEntry = { ...missing, size: 10_000_000 };
  await expect(packed([large])).rejects.toMatchObject({
    code: 'ImageBuildFailed',
    message: expect.stringContaining('missing'),
  });
});

test('packing stops when asked to', async () => {
  const abort = new AbortController();
  const entries = orderEntries([{ kind: 'file', path: 'a', mode: 0o644, source: { bytes: randomBytes(20_000_000) } }]);
  const packing = pack({ entries, compression: 'gzip', bytes: 20_000_000, output: join(folder, 'x') }, abort.signal);
  abort.abort(new Error('not any more'));
  await expect(packing).rejects.toThrow('not any more');
});
