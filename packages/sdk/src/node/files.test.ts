import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { listModelFiles, listSourceFiles, sourceFile } from './files.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'farled-sdk-'));
  await mkdir(join(folder, 'model', 'deep'), { recursive: true });
  await writeFile(join(folder, 'model', 'b.bin'), 'bb');
  await writeFile(join(folder, 'model', 'deep', 'a.bin'), 'a');
});
afterEach(() => rm(folder, { recursive: true }));

const paths = async (files: Promise<readonly { path: string }[]>) => (await files).map(({ path }) => path);

test('a folder is listed below its own name, in order; a file is itself', async () => {
  expect(await paths(listModelFiles(join(folder, 'model')))).toEqual(['model/b.bin', 'model/deep/a.bin']);
  expect(await listModelFiles(join(folder, 'model', 'b.bin'))).toMatchObject([{ path: 'b.bin', size: 2 }]);
});

test('a source folder leaves out what .amlignore names', async () => {
  await writeFile(join(folder, 'model', '.amlignore'), 'deep/\n.amlignore\n');
  expect(await paths(listSourceFiles(join(folder, 'model'), () => {}))).toEqual(['b.bin']);
});

describe('refused is', () => {
  test.each([
    ['a path that is not there', () => listModelFiles(join(folder, 'nothing')), /nothing/],
    [
      'an empty folder',
      () => mkdir(join(folder, 'empty')).then(() => listModelFiles(join(folder, 'empty'))),
      /no files/,
    ],
    [
      'a link out of the folder',
      () => symlink('/etc/passwd', join(folder, 'model', 'link')).then(() => listModelFiles(join(folder, 'model'))),
      /leaves the folder.*\/etc\/passwd/,
    ],
    [
      'a link to a folder outside',
      () => symlink('/etc', join(folder, 'model', 'link')).then(() => listModelFiles(join(folder, 'model'))),
      /leaves the folder/,
    ],
    [
      'a link that leads back',
      () => symlink('..', join(folder, 'model', 'deep', 'up')).then(() => listModelFiles(join(folder, 'model'))),
      /leads back/,
    ],
    [
      'a link to nowhere',
      () => symlink('nowhere', join(folder, 'model', 'link')).then(() => listModelFiles(join(folder, 'model'))),
      /link/,
    ],
    ['a device', () => listModelFiles('/dev/null'), /neither a file nor a folder/],
    ['a source folder that is a file', () => listSourceFiles(join(folder, 'model', 'b.bin'), () => {}), /not a folder/],
    ['an entry script that is not there', () => sourceFile(join(folder, 'score.py')), /score.py/],
  ])('%s', async (_what, list, message) => {
    await expect(list()).rejects.toThrow(message);
  });
});

test('a link inside the folder is followed', async () => {
  await symlink('b.bin', join(folder, 'model', 'link.bin'));
  expect(await listModelFiles(join(folder, 'model'))).toMatchObject([
    { path: 'model/b.bin' },
    { path: 'model/deep/a.bin' },
    { path: 'model/link.bin', size: 2 },
  ]);
});
