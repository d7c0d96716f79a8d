import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { RegisterModel } from '@farled/contract';
import { ManualClock, silentLogger } from '@farled/service';
import { openDirectoryArtifacts, openState } from '@farled/state';
import { expect, test } from 'vitest';

import { keepHouse } from './housekeeping.ts';

const HOUR_MS = 60 * 60_000;

async function* bytes(text: string): AsyncIterable<Uint8Array> {
  yield Buffer.from(text);
}

test('uploads that nothing came of are cleared away after a day, with their blocks and their bytes', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'farled-housekeeping-'));
  const clock = new ManualClock();
  const database = { kind: 'sqlite', path: join(folder, 'record.sqlite') } as const;
  await using state = await openState({ database, secretKey: Buffer.alloc(32, 1), clock });
  const artifacts = await openDirectoryArtifacts(join(folder, 'artifacts'), { clock });
  const reference = { subscriptionId: 'sub', resourceGroup: 'rg', workspace: 'ws' };
  const fields = { location: 'local', friendlyName: '', description: '', tags: {} };
  const { key } = await state.workspaces.create(reference, fields);
  const upload = async (path: string) => {
    const [file] = await state.stagedFiles.stage(key, 'c', [path]);
    const content = await artifacts.add(bytes(path));
    await state.stagedFiles.recordUpload(file?.id ?? '', content, null);
    return { path, ...content };
  };
  const registered = await upload('registered');
  const forgotten = await upload('forgotten');
  await artifacts.parts.put('broken-off', 'a', bytes('block'));
  await state.models.register(key, RegisterModel.parse({ name: 'm', files: [registered] }));
  let swept = 0;
  const images = {
    ensure: () => Promise.reject(new Error('nothing runs')),
    digest: () => '',
    sweep: () => {
      swept += 1;
      return Promise.resolve();
    },
  };
  using _house = keepHouse({ state, artifacts, images, signingKeys: [], clock, log: silentLogger });
  /** Not asked of the artifacts themselves: that would keep them. */
  const left = async () => [
    (await state.stagedFiles.below(key, 'c', '')).length,
    await artifacts.parts.has('broken-off'),
  ];

  for (let hour = 1; hour <= 24; hour += 1) {
    await clock.advance(HOUR_MS);
    await expect.poll(() => swept).toBe(hour);
  }
  expect(await left()).toEqual([2, true]);
  await clock.advance(HOUR_MS);
  await expect.poll(() => swept).toBe(25);
  expect(await left()).toEqual([0, false]);
  expect(await artifacts.size(registered.sha256)).toBe(registered.size);
  await expect(artifacts.size(forgotten.sha256)).rejects.toMatchObject({ code: 'ArtifactNotFound' });
  await rm(folder, { recursive: true });
});
