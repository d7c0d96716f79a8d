import { execFile } from 'node:child_process';
/** Real builds with the real uv, of small packages. */
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { EnvironmentDefinition } from '@farled/contract';
import { silentLogger, systemClock } from '@farled/service';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';

import type { BuildRequest, Environments } from './environments.ts';
import { createEnvironments } from './uv.ts';

let folder: string;
let lines: string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'farled-environments-'));
  await mkdir(join(folder, 'source'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));
beforeEach(() => {
  lines = [];
});

const open = (): Environments =>
  createEnvironments({
    folder: join(folder, 'built'),
    toolsFolder: join(folder, 'tools'),
    realServer: false,
    clock: systemClock,
    log: silentLogger,
  });

const request = (pip: readonly string[], changed: Partial<BuildRequest> = {}): BuildRequest => ({
  definition: EnvironmentDefinition.parse({ name: 'env', python: { condaDependencies: { dependencies: [{ pip }] } } }),
  sourceDirectory: join(folder, 'source'),
  pythonPolicy: 'nearest',
  log: (line) => lines.push(line),
  signal: AbortSignal.timeout(120_000),
  ...changed,
});

const built = async (): Promise<readonly string[]> =>
  (await readdir(join(folder, 'built')).catch(() => [])).filter((name) => name !== '.locks');

test('an environment is built once, for all who ask at once and for later servers', async () => {
  const both = open();
  const [first, second] = await Promise.all([
    both.ensure(request(['six==1.16.0'])),
    both.ensure(request(['six==1.16.0'], { log: () => {} })),
  ]);
  expect(first).toEqual(second);
  expect(await built()).toEqual([first.digest]);
  const { stdout } = await promisify(execFile)(first.python, ['-c', 'import six; print(six.__version__)']);
  expect(stdout.trim()).toBe('1.16.0');
  expect(lines.join('\n')).toMatch(/Installing .*six==1\.16\.0[\s\S]*Environment built in .*\nInterpreter \//);
  lines = [];
  expect(await open().ensure(request(['six==1.16.0']))).toEqual(first);
  expect(lines).toContain('The environment is built already.');
}, 120_000);

test('a package that does not exist fails the build by its name, and leaves nothing', async () => {
  const before = await built();
  await expect(open().ensure(request(['farled-no-such-package==1.0']))).rejects.toMatchObject({
    code: 'EnvironmentBuildFailed',
    message: expect.stringContaining('farled-no-such-package'),
  });
  expect(await built()).toEqual(before);
}, 120_000);

test('a build that is stopped ends, and leaves nothing', async () => {
  const before = await built();
  const stopping = new AbortController();
  const building = open().ensure(
    request(['numpy'], {
      signal: stopping.signal,
      log: (line) => line.startsWith('Installing') && stopping.abort(new Error('changed my mind')),
    }),
  );
  await expect(building).rejects.toThrow('changed my mind');
  expect(await built()).toEqual(before);
}, 120_000);

test('an interpreter that its owner manages is used as it is', async () => {
  const definition = EnvironmentDefinition.parse({
    name: 'own',
    python: { userManagedDependencies: true, interpreterPath: 'python3' },
  });
  const { python } = await open().ensure(request([], { definition }));
  expect((await promisify(execFile)(python, ['--version'])).stdout).toMatch(/^Python 3/);
  const absent = { ...definition, python: { ...definition.python, interpreterPath: '/nowhere/python' } };
  await expect(open().ensure(request([], { definition: absent }))).rejects.toThrow('/nowhere/python');
});
