import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { folderName, writeClientFiles } from './files.ts';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'farled-client-'));
});
afterEach(() => rm(home, { recursive: true, force: true }));

const CONTENTS = { url: 'https://farled.blob.localhost:7312', clouds: '[1]', bundle: 'PEM' };
const modeOf = async (path: string): Promise<number> => (await stat(path)).mode & 0o777;

describe('files for azureml-core', () => {
  test('are private, and hold what was asked for', async () => {
    const files = await writeClientFiles(join(home, 'azureml'), CONTENTS);
    expect(await readFile(files.clouds, 'utf8')).toBe('[1]');
    expect(await readFile(files.bundle, 'utf8')).toBe('PEM');
    expect(await readFile(join(files.python ?? '', 'sitecustomize.py'), 'utf8')).toContain('.localhost');
    for (const folder of [files.root, files.config, files.logins, files.python ?? '']) {
      expect(await modeOf(folder), folder).toBe(0o700);
    }
    for (const file of [files.clouds, files.bundle]) {
      expect(await modeOf(file), file).toBe(0o600);
    }
  });

  test('are written anew when the authority is another, and left alone when nothing is', async () => {
    const before = await writeClientFiles(join(home, 'azureml'), CONTENTS);
    const { mtimeMs } = await stat(before.clouds);
    const after = await writeClientFiles(join(home, 'azureml'), { ...CONTENTS, bundle: 'OTHER' });
    expect(after).toEqual(before);
    expect(await readFile(after.bundle, 'utf8')).toBe('OTHER');
    expect((await stat(after.clouds)).mtimeMs).toBe(mtimeMs);
  });

  test.each([
    ['another address', { ...CONTENTS, url: 'https://farled.blob.localhost:7313' }],
    ['another table', { ...CONTENTS, clouds: '[2]' }],
  ])('%s has another folder, so that no cache of the client is stale', async (_what, contents) => {
    const before = await writeClientFiles(join(home, 'azureml'), CONTENTS);
    await writeFile(join(before.config, 'cloudEndpoints.json'), 'stale');
    const after = await writeClientFiles(join(home, 'azureml'), contents);
    expect(after.config).not.toBe(before.config);
    await expect(stat(join(after.config, 'cloudEndpoints.json'))).rejects.toThrow('ENOENT');
  });

  test('names that every resolver knows need no help', async () => {
    const url = 'https://farled.blob.example.com';
    expect((await writeClientFiles(join(home, 'azureml'), { ...CONTENTS, url })).python).toBeNull();
    expect(folderName(url, '[1]')).toMatch(/^farled\.blob\.example\.com-443-[0-9a-f]{8}$/);
  });
});
