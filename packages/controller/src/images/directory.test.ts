import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, readlink, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { systemClock } from '@farled/service';
import { type ArtifactStore, openDirectoryArtifacts } from '@farled/state';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { createImages } from './directory.ts';
import type { Images } from './images.ts';

let folder: string;
let artifacts: ArtifactStore;
let images: Images;
const signal = new AbortController().signal;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'farled-images-'));
  artifacts = await openDirectoryArtifacts(join(folder, 'artifacts'), { clock: systemClock });
  images = createImages({
    imagesFolder: join(folder, 'images'),
    modelsFolder: join(folder, 'models'),
    artifacts,
    clock: systemClock,
  });
});
afterEach(() => rm(folder, { recursive: true }));

async function file(path: string, text: string) {
  const bytes = Buffer.from(text);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  await artifacts.put(
    sha256,
    (async function* () {
      yield bytes;
    })(),
  );
  return { path, sha256, size: bytes.length };
}

const one = async () => ({ name: 'one', version: 3, files: [await file('folder/weights.bin', 'w')] });

test('one model is in the folder that AZUREML_MODEL_DIR names, the source beside it', async () => {
  const source = [await file('score.py', 'code'), await file('lib/help.py', 'help')];
  const image = await images.ensure({ models: [await one()], source, signal });
  expect(image.modelDirectory).toBe(join(image.folder, 'azureml-models', 'one', '3'));
  expect(await readFile(join(image.modelDirectory, 'folder', 'weights.bin'), 'utf8')).toBe('w');
  expect(await readFile(join(image.sourceDirectory, 'lib', 'help.py'), 'utf8')).toBe('help');
});

test('several models, or none, are found from azureml-models', async () => {
  const two = { name: 'two', version: 1, files: [await file('b', 'b')] };
  const source = [await file('score.py', 'code')];
  const several = await images.ensure({ models: [await one(), two], source, signal });
  expect(several.modelDirectory).toBe(join(several.folder, 'azureml-models'));
  expect((await readdir(several.modelDirectory)).toSorted()).toEqual(['one', 'two']);
  const none = await images.ensure({ models: [], source, signal });
  expect(await readdir(none.modelDirectory)).toEqual([]);
});

test('the same request gives the same image, also when two ask at once', async () => {
  const request = { models: [await one()], source: [await file('score.py', 'code')], signal };
  const [a, b] = await Promise.all([images.ensure(request), images.ensure(request)]);
  expect(a).toEqual(b);
  expect(await readdir(join(folder, 'images'))).toEqual([a.digest]);
  expect(await readdir(join(folder, 'models'))).toHaveLength(1);
});

test('two images share a model, which is laid out once and can not be written', async () => {
  const first = await images.ensure({ models: [await one()], source: [await file('score.py', 'a')], signal });
  const second = await images.ensure({ models: [await one()], source: [await file('score.py', 'b')], signal });
  expect(first.digest).not.toBe(second.digest);
  expect(await readlink(first.modelDirectory)).toBe(await readlink(second.modelDirectory));
  expect((await stat(join(first.modelDirectory, 'folder', 'weights.bin'))).mode & 0o222).toBe(0);
  await writeFile(join(first.sourceDirectory, 'score.py'), 'changed');
  expect((await images.ensure({ models: [], source: [await file('score.py', 'a')], signal })).folder).not.toBe(
    first.folder,
  );
});

test('what is missing or stopped leaves nothing behind', async () => {
  const missing = { path: 'score.py', sha256: 'a'.repeat(64), size: 1 };
  await expect(images.ensure({ models: [await one()], source: [missing], signal })).rejects.toMatchObject({
    code: 'ArtifactNotFound',
  });
  const source = [await file('score.py', 'a')];
  await expect(images.ensure({ models: [], source, signal: AbortSignal.abort(new Error('stop')) })).rejects.toThrow(
    'stop',
  );
  expect(await readdir(join(folder, 'images'))).toEqual([]);
});

test('a sweep keeps what is in use, and the models of it', async () => {
  const kept = await images.ensure({ models: [await one()], source: [await file('score.py', 'a')], signal });
  const other = { name: 'two', version: 1, files: [await file('b', 'b')] };
  await images.ensure({ models: [other], source: [await file('score.py', 'a')], signal });
  await images.sweep(new Set([kept.digest]), 60_000);
  expect(await readdir(join(folder, 'images'))).toHaveLength(2);
  await images.sweep(new Set([kept.digest]), -1);
  expect(await readdir(join(folder, 'images'))).toEqual([kept.digest]);
  expect(await readdir(join(folder, 'models'))).toHaveLength(1);
  expect(await readFile(join(kept.modelDirectory, 'folder', 'weights.bin'), 'utf8')).toBe('w');
});
