import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ManualClock } from '@farled/service';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import type { DatabaseOptions } from '../database.ts';
import type { NewLegacyImage } from '../records.ts';
import { openState, type State } from '../state.ts';
import { makeWorkspace } from '../testing/furnish.ts';
import { startPostgres, type TestPostgres } from '../testing/postgres.ts';

let folder: string;
let postgres: TestPostgres;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'farled-legacy-images-'));
  postgres = await startPostgres();
}, 60_000);
afterAll(async () => {
  await postgres[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const DATABASES: readonly (readonly [string, () => Promise<DatabaseOptions>])[] = [
  ['SQLite', () => Promise.resolve({ kind: 'sqlite', path: join(folder, `${randomUUID()}.sqlite`) })],
  ['PostgreSQL', async () => ({ kind: 'postgres', url: await postgres.createDatabase() })],
];

describe.each(DATABASES)('images of 2018 on %s', (_name, makeDatabase) => {
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
