import { ManualClock } from '@farled/service';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { openState, type State } from '../state.ts';
import { describeOnBothDatabases } from '../testing/databases.ts';
import { makeWorkspace } from '../testing/furnish.ts';

const CONTENT = { sha256: 'c'.repeat(64), size: 7 };
describeOnBothDatabases('staged files', (makeDatabase) => {
  let clock: ManualClock;
  let state: State;
  let key: string;

  beforeEach(async () => {
    clock = new ManualClock();
    state = await openState({ database: await makeDatabase(), secretKey: Buffer.alloc(32, 1), clock });
    ({ key } = await makeWorkspace(state));
  });
  afterEach(() => state[Symbol.asyncDispose]());

  const paths = async (path: string, container = 'c') =>
    (await state.stagedFiles.below(key, container, path)).map((file) => file.path);

  test('are named in the order that is asked for, and once', async () => {
    const [b, a] = await state.stagedFiles.stage(key, 'c', ['b', 'a']);
    expect([b?.path, a?.path]).toEqual(['b', 'a']);
    expect(b).toMatchObject({ content: null, uploadedTime: null, container: 'c', workspaceId: key });
    const again = await state.stagedFiles.stage(key, 'c', ['a', 'new', 'a']);
    expect(again.map(({ id }) => id)).toEqual([a?.id, again[1]?.id, a?.id]);
    expect(new Set([a?.id, b?.id, again[1]?.id]).size).toBe(3);
    expect(a?.id).toMatch(/^[0-9a-f]{48}$/);
  });

  test('many are staged at once', async () => {
    const wanted = Array.from({ length: 1000 }, (_, index) => `folder/${index}.bin`);
    const staged = await state.stagedFiles.stage(key, 'c', wanted);
    expect(staged.map(({ path }) => path)).toEqual(wanted);
  });

  test('are found by name and below a folder, not by what their names begin with', async () => {
    await state.stagedFiles.stage(key, 'c', ['m/b', 'm/a/x', 'm', 'mm/a', 'größe 模/型', 'M/a']);
    await state.stagedFiles.stage(key, 'other', ['m/z']);
    expect(await paths('m')).toEqual(['m', 'm/a/x', 'm/b']);
    expect(await paths('m/a')).toEqual(['m/a/x']);
    expect(await paths('größe 模')).toEqual(['größe 模/型']);
    expect(await paths('')).toHaveLength(6);
    expect(await paths('x')).toEqual([]);
    expect(await state.stagedFiles.find(key, 'c', 'm/b')).toMatchObject({ path: 'm/b' });
    expect(await state.stagedFiles.find(key, 'c', 'm/c')).toBeUndefined();
  });

  test('belong to one workspace', async () => {
    const other = await makeWorkspace(state, 'other');
    const [mine] = await state.stagedFiles.stage(key, 'c', ['a']);
    const [theirs] = await state.stagedFiles.stage(other.key, 'c', ['a']);
    expect(mine?.id).not.toBe(theirs?.id);
    await state.workspaces.delete(other.key);
    expect(await state.stagedFiles.byId(theirs?.id ?? '')).toBeUndefined();
    expect(await state.stagedFiles.byId(mine?.id ?? '')).toEqual(mine);
  });

  test('are uploaded once; the same again changes nothing', async () => {
    const [file] = await state.stagedFiles.stage(key, 'c', ['a']);
    const uploaded = await state.stagedFiles.recordUpload(file?.id ?? '', CONTENT, 'list');
    expect(uploaded).toMatchObject({ content: CONTENT, blockList: 'list' });
    await clock.advance(1000);
    expect(await state.stagedFiles.recordUpload(file?.id ?? '', CONTENT, null)).toEqual(uploaded);
    const other = { sha256: 'd'.repeat(64), size: 7 };
    await expect(state.stagedFiles.recordUpload(file?.id ?? '', other, null)).rejects.toMatchObject({
      code: 'ArtifactAlreadyUploaded',
      message: expect.stringContaining('"a"'),
    });
    await expect(state.stagedFiles.recordUpload('nothing', CONTENT, null)).rejects.toMatchObject({
      code: 'ArtifactNotFound',
    });
    const [again] = await state.stagedFiles.stage(key, 'c', ['a']);
    expect(again).toEqual(uploaded);
  });

  test('keep their bytes until they are swept', async () => {
    const [old] = await state.stagedFiles.stage(key, 'c', ['old']);
    await state.stagedFiles.recordUpload(old?.id ?? '', CONTENT, null);
    expect(await state.referencedArtifacts()).toEqual(new Set([CONTENT.sha256]));
    await clock.advance(10_000);
    await state.stagedFiles.stage(key, 'c', ['young']);
    expect(await state.stagedFiles.sweep(5000)).toBe(1);
    expect(await paths('')).toEqual(['young']);
    expect(await state.referencedArtifacts()).toEqual(new Set());
  });
});
