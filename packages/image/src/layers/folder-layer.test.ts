import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { type FolderLayer, folderLayer } from './folder-layer.ts';
import type { LayerEntry } from './layer.ts';

const run = promisify(execFile);
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'farled-folder-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function entries(options: Partial<FolderLayer> = {}): Promise<Map<string, LayerEntry>> {
  const found = new Map<string, LayerEntry>();
  const layer = folderLayer({ name: 'x', key: 'x', folder, at: '/opt/app', ...options });
  for await (const entry of layer.entries(new AbortController().signal)) {
    found.set(entry.path, entry);
  }
  return found;
}

test('rights are reduced to whether a file can be executed', async () => {
  await mkdir(join(folder, 'a'), { mode: 0o700 });
  await writeFile(join(folder, 'a', 'b'), 'text', { mode: 0o600 });
  await writeFile(join(folder, 'a', 'c'), 'run', { mode: 0o710 });
  const found = await entries({ uid: 1000, gid: 1001 });
  expect(found.get('/opt/app/a')).toMatchObject({ kind: 'directory', mode: 0o755, uid: 1000, gid: 1001 });
  expect(found.get('/opt/app/a/b')).toMatchObject({ kind: 'file', mode: 0o644, size: 4, uid: 1000 });
  expect(found.get('/opt/app/a/c')).toMatchObject({ mode: 0o755 });
});

test('links lead on inside of the folder, and not out of it', async () => {
  await mkdir(join(folder, 'bin'));
  await writeFile(join(folder, 'bin', 'python3.11'), '');
  await symlink('python3.11', join(folder, 'bin', 'python'));
  await symlink(join(folder, 'bin'), join(folder, 'absolute'));
  const found = await entries();
  expect(found.get('/opt/app/bin/python')).toMatchObject({ kind: 'symlink', target: 'python3.11' });
  expect(found.get('/opt/app/absolute')).toMatchObject({ target: '/opt/app/bin' });
  await symlink('../../etc/passwd', join(folder, 'bin', 'out'));
  await expect(entries()).rejects.toThrow(/bin\/out leads out of its folder, to \.\.\/\.\.\/etc\/passwd/);
});

test('what is filtered out is not looked into', async () => {
  await mkdir(join(folder, 'cache'));
  await symlink('/nowhere', join(folder, 'cache', 'bad'));
  await writeFile(join(folder, 'kept'), '');
  expect([...(await entries({ filter: (path) => path !== 'cache' })).keys()]).toEqual(['/opt/app', '/opt/app/kept']);
});

test('what can not be in an image is named', async () => {
  await run('mkfifo', [join(folder, 'pipe')]);
  await expect(entries()).rejects.toThrow(/pipe is neither a file, a folder nor a link/);
});
