import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, onTestFinished, test } from 'vitest';

import { writeFileAtomically } from './file.ts';

test('a file is replaced whole, readable by its owner alone, and nothing else stays in the folder', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'farled-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, 'a');
  await writeFileAtomically(path, 'one');
  await writeFileAtomically(path, 'two');
  expect(await readFile(path, 'utf8')).toBe('two');
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await readdir(folder)).toEqual(['a']);
});

test('a failed write leaves nothing', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'farled-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await expect(writeFileAtomically(join(folder, 'missing', 'a'), 'x')).rejects.toThrow('ENOENT');
  expect(await readdir(folder)).toEqual([]);
});
