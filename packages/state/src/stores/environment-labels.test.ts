import { EnvironmentDefinition } from '@farled/contract';
import { ManualClock } from '@farled/service';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { openState, type State } from '../state.ts';
import { describeOnBothDatabases } from '../testing/databases.ts';
import { makeWorkspace, PAGE } from '../testing/furnish.ts';

const definition = (environmentVariables: Record<string, string> = {}) =>
  EnvironmentDefinition.parse({ name: 'env', environmentVariables });

describeOnBothDatabases('versions of environments', (makeDatabase) => {
  let state: State;
  let key: string;

  beforeEach(async () => {
    state = await openState({
      database: await makeDatabase(),
      secretKey: Buffer.alloc(32, 1),
      clock: new ManualClock(),
    });
    key = (await makeWorkspace(state)).key;
    await state.environments.register(key, definition());
    await state.environments.register(key, definition({ A: '1' }));
  });
  afterEach(() => state[Symbol.asyncDispose]());

  const labelled = async (label: string) => (await state.environments.getByLabel(key, 'env', label)).version;

  test('a label is found, goes over to another version, and ends when it is not said again', async () => {
    expect(await state.environments.setLabels(key, 'env', '1', ['stable', 'blessed', 'stable'])).toMatchObject({
      version: '1',
      labels: ['blessed', 'stable'],
    });
    expect(await labelled('stable')).toBe('1');
    await state.environments.setLabels(key, 'env', '2', ['stable']);
    expect([await labelled('stable'), await labelled('blessed')]).toEqual(['2', '1']);
    await state.environments.setLabels(key, 'env', '1', []);
    await expect(labelled('blessed')).rejects.toMatchObject({
      code: 'EnvironmentNotFound',
      message: 'There is no environment "env" with the label "blessed" in this workspace.',
    });
    const { value } = await state.environments.list(key, PAGE);
    expect(value).toMatchObject([{ version: '2', labels: ['stable'] }]);
  });

  test('«latest» is the newest version', async () => {
    expect([await labelled('latest'), await labelled('Latest')]).toEqual(['2', '2']);
  });

  test('a version that is not there gets no label', async () => {
    await expect(state.environments.setLabels(key, 'env', '9', ['x'])).rejects.toMatchObject({
      code: 'EnvironmentNotFound',
    });
  });

  test('labels go with the workspace', async () => {
    await state.environments.setLabels(key, 'env', '1', ['stable']);
    await state.workspaces.delete(key);
    await expect(labelled('stable')).rejects.toMatchObject({ code: 'EnvironmentNotFound' });
  });

  test('a chosen version is kept, answered when it is the same, and never changed', async () => {
    const chosen = await state.environments.registerVersion(key, definition({ B: '1' }), 7);
    expect(chosen.version).toBe('7');
    expect(await state.environments.registerVersion(key, definition({ B: '1' }), 7)).toEqual(chosen);
    expect((await state.environments.registerVersion(key, definition(), 1)).version).toBe('1');
    await expect(state.environments.registerVersion(key, definition({ B: '2' }), 7)).rejects.toMatchObject({
      code: 'EnvironmentVersionExists',
    });
    expect((await state.environments.register(key, definition())).version).toBe('8');
  });

  test('of curated names, what to do is said', async () => {
    await expect(state.environments.get(key, 'AzureML-sklearn')).rejects.toMatchObject({
      suggestion: expect.stringContaining('Curated environments'),
    });
  });
});
