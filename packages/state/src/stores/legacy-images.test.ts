import { ManualClock } from '@farled/service';
import { afterEach, beforeEach, expect, test } from 'vitest';

import type { NewLegacyImage } from '../records.ts';
import { openState, type State } from '../state.ts';
import { describeOnBothDatabases } from '../testing/databases.ts';
import { makeWorkspace } from '../testing/furnish.ts';

describeOnBothDatabases('images of 2018', (makeDatabase) => {
  let state: State;
  let workspaceId: string;

  beforeEach(async () => {
    state = await openState({
      database: await makeDatabase(),
      secretKey: Buffer.alloc(32, 1),
      clock: new ManualClock(),
    });
    workspaceId = (await makeWorkspace(state)).key;
  });
  afterEach(() => state[Symbol.asyncDispose]());

  const image = (name: string): NewLegacyImage => ({
    workspaceId,
    name,
    description: 'd',
    tags: { a: '1' },
    properties: {},
    recipe: {
      models: ['m:1'],
      entryScript: 'score.py',
      source: [{ path: 'score.py', sha256: 'a'.repeat(64), size: 1 }],
      environment: { name: 'e', version: '1' },
    },
    asked: { driverProgram: 'driver' },
  });

  test('have versions that are counted by name, and are listed newest first', async () => {
    const first = await state.legacyImages.create(image('iris'));
    expect(first).toEqual({ ...image('iris'), version: 1, createdTime: first.createdTime });
    await state.legacyImages.create(image('rose'));
    await state.legacyImages.create(image('iris'));
    expect(await state.legacyImages.get(workspaceId, 'iris', 1)).toEqual(first);
    const listed = await state.legacyImages.list(workspaceId);
    expect(listed.map(({ name, version }) => `${name}:${version}`)).toEqual(['iris:2', 'rose:1', 'iris:1']);
  });

  test('keep what they are made of, until they are deleted', async () => {
    const made = await state.legacyImages.create(image('iris'));
    expect(await state.referencedArtifacts()).toEqual(new Set(['a'.repeat(64)]));
    expect(await state.legacyImages.update(made, { tags: { b: '2' } })).toEqual({ ...made, tags: { b: '2' } });
    expect(await state.legacyImages.update(made, {})).toEqual({ ...made, tags: { b: '2' } });
    expect(await state.legacyImages.delete(workspaceId, 'iris', 1)).toBe(true);
    expect(await state.legacyImages.delete(workspaceId, 'iris', 1)).toBe(false);
    expect(await state.referencedArtifacts()).toEqual(new Set());
    await expect(state.legacyImages.get(workspaceId, 'iris', 1)).rejects.toMatchObject({ code: 'ImageNotFound' });
    await expect(state.legacyImages.update(made, {})).rejects.toMatchObject({ code: 'ImageNotFound' });
  });

  test('go with their workspace', async () => {
    await state.legacyImages.create(image('iris'));
    await state.workspaces.delete(workspaceId);
    expect(await state.legacyImages.list(workspaceId)).toEqual([]);
  });
});
