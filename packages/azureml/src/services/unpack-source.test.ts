import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';

import { type Header, pack } from 'tar-stream';
import { expect, test } from 'vitest';

import { unpackSource } from './unpack-source.ts';

type Entry = Partial<Header> & { readonly name: string; readonly content?: string };

const store = () => {
  const kept = new Map<string, string>();
  return {
    kept,
    add: async (bytes: AsyncIterable<Uint8Array>) => {
      const parts: Uint8Array[] = [];
      for await (const part of bytes) {
        parts.push(part);
      }
      const content = Buffer.concat(parts);
      const sha256 = createHash('sha256').update(content).digest('hex');
      kept.set(sha256, content.toString());
      return { sha256, size: content.length };
    },
  };
};

async function tar(...entries: readonly Entry[]): Promise<Buffer> {
  const archive = pack();
  for (const { content, ...header } of entries) {
    archive.entry(header, content ?? '');
  }
  archive.finalize();
  const parts: Uint8Array[] = [];
  for await (const part of archive as unknown as AsyncIterable<Uint8Array>) {
    parts.push(part);
  }
  return Buffer.concat(parts);
}

async function* chunks(bytes: Buffer, size = 100): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) {
    yield bytes.subarray(at, at + size);
  }
}

const LIMITS = { entries: 10, bytes: 100_000 };
const unpack = async (bytes: Buffer, artifacts = store(), limits = LIMITS) =>
  unpackSource('a.tar.gz', chunks(bytes), artifacts, new AbortController().signal, limits);

const gz = async (...entries: readonly Entry[]): Promise<Buffer> => gzipSync(await tar(...entries));

test('the files of a folder come with their paths, and their bytes go to the store', async () => {
  const artifacts = store();
  const files = await unpack(
    await gz(
      { name: 'src', type: 'directory' },
      { name: 'src/score.py', content: 'def run(): ...' },
      { name: 'src/sub/', type: 'directory' },
      { name: 'src/sub/empty' },
      { name: 'src/run.sh', content: '#!', mode: 0o755 },
    ),
    artifacts,
  );
  expect(files.map(({ path, size, executable }) => ({ path, size, executable }))).toEqual([
    { path: 'src/score.py', size: 14, executable: undefined },
    { path: 'src/sub/empty', size: 0, executable: undefined },
    { path: 'src/run.sh', size: 2, executable: true },
  ]);
  expect(files.map(({ sha256 }) => artifacts.kept.get(sha256))).toEqual(['def run(): ...', '', '#!']);
});

test('paths that begin with ./ are inside, and names have all letters', async () => {
  const long = `${'a'.repeat(120)}/${'b'.repeat(120)}/ä € 漢.py`;
  const files = await unpack(
    await gz({ name: './', type: 'directory' }, { name: './score.py', content: 'x' }, { name: long, content: 'y' }),
  );
  expect(files.map(({ path }) => path)).toEqual(['score.py', long]);
});

test.each<readonly [string, Entry, string]>([
  ['a way out', { name: '../score.py' }, '"../score.py", whose path must not contain empty, "." or ".." parts'],
  ['a way out in the middle', { name: 'src/../../x' }, '".."'],
  ['a folder outside', { name: '../x', type: 'directory' }, '"../x"'],
  ['an absolute path', { name: '/etc/passwd' }, 'must be a relative path'],
  ['a drive', { name: 'C:/x' }, 'must be a relative path'],
  ['a backslash', { name: 'src\\..\\x' }, 'backslash'],
  ['an empty part', { name: 'src//x' }, 'empty'],
  ['a part that no disk takes', { name: `src/${'n'.repeat(256)}` }, 'longer than 255 bytes'],
  ['a path that is too long', { name: 'n/'.repeat(600) + 'x' }, '1024'],
  ['a symbolic link', { name: 'src/l', type: 'symlink', linkname: '/etc/passwd' }, 'a symbolic link "src/l"'],
  ['a hard link', { name: 'src/h', type: 'link', linkname: 'src/x' }, 'a hard link "src/h"'],
  ['a device', { name: 'src/d', type: 'character-device' }, 'a device "src/d"'],
  ['a disk', { name: 'src/d', type: 'block-device' }, 'a device "src/d"'],
  ['a pipe', { name: 'src/p', type: 'fifo' }, 'a named pipe "src/p"'],
])('%s is refused by name', async (_what, entry, told) => {
  await expect(unpack(await gz({ name: 'src/first', content: 'x' }, entry))).rejects.toMatchObject({
    code: 'BadArgument',
    message: expect.stringContaining(told),
  });
});

test('a file that is there twice is refused', async () => {
  const bytes = gz({ name: 'a', content: '1' }, { name: './a', content: '2' });
  await expect(unpack(await bytes)).rejects.toThrow('has "a" twice');
});

test('no more files than may be, and no more bytes, however small they were packed', async () => {
  const many = Array.from({ length: 11 }, (_, index) => ({ name: `f${index}` }));
  await expect(unpack(await gz(...many))).rejects.toMatchObject({ code: 'PayloadTooLarge' });
  const large = await gz({ name: 'zeros', content: '\0'.repeat(200_000) });
  expect(large.length).toBeLessThan(2000);
  await expect(unpack(large)).rejects.toMatchObject({ code: 'PayloadTooLarge' });
});

test('what is no gzip tar, or only the beginning of one, is told', async () => {
  const whole = await tar({ name: 'a', content: 'x'.repeat(2000) });
  const damaged = Buffer.from(gzipSync(whole));
  damaged.fill(0, 20, 60);
  for (const bytes of [
    Buffer.from('no gzip'),
    gzipSync(whole).subarray(0, 40),
    gzipSync(whole.subarray(0, 700)),
    gzipSync(Buffer.from('n'.repeat(2048))),
    whole,
    damaged,
  ]) {
    await expect(unpack(bytes)).rejects.toMatchObject({
      code: 'BadArgument',
      message: expect.stringContaining('a.tar.gz is damaged, or no gzip tar'),
    });
  }
});

test('a header of many bytes is not held in memory', async () => {
  const header = await tar({ name: 'a', content: '' });
  header.write(String(8 * 1024 ** 2).padStart(11, '0'), 124);
  header.write('x', 156);
  await expect(unpack(gzipSync(header))).rejects.toMatchObject({ code: 'BadArgument' });
});

test('an archive of nothing has no files', async () => {
  expect(await unpack(await gz())).toEqual([]);
});

test('a store that fails is not the fault of the archive', async () => {
  const broken = { ...store(), add: () => Promise.reject(new Error('disk full')) };
  const unpacking = unpack(await gz({ name: 'a', content: 'x' }), broken);
  await expect(unpacking).rejects.toEqual(new Error('disk full'));
});

test('it stops when nobody waits for it any more', async () => {
  const gone = new AbortController();
  const slow = async function* () {
    yield (await gz({ name: 'a', content: 'x' })).subarray(0, 20);
    gone.abort(new Error('gone'));
    await Promise.resolve();
    yield Buffer.alloc(10);
  };
  await expect(unpackSource('a', slow(), store(), gone.signal, LIMITS)).rejects.toThrow('gone');
});
