/** Real builds with the real uv, of small packages. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { EnvironmentDefinition } from '@farled/contract';
import { silentLogger, systemClock } from '@farled/service';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';

import type { BuildRequest, Environments } from './environments.ts';
import { createEnvironments, type EnvironmentsOptions } from './uv.ts';

const run = promisify(execFile);

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

const open = (changed: Partial<EnvironmentsOptions> = {}): Environments =>
  createEnvironments({
    folder: join(folder, 'built'),
    toolsFolder: join(folder, 'tools'),
    realServer: false,
    clock: systemClock,
    log: silentLogger,
    ...changed,
  });

/** Whoever spawns it fails. */
const NO_UV = { uv: '/nowhere/uv' };

const definitionOf = (...dependencies: readonly unknown[]): BuildRequest['definition'] =>
  EnvironmentDefinition.parse({ name: 'env', python: { condaDependencies: { dependencies } } });

const request = (pip: readonly string[], changed: Partial<BuildRequest> = {}): BuildRequest => ({
  definition: definitionOf({ pip }),
  sourceDirectory: join(folder, 'source'),
  pythonPolicy: 'nearest',
  log: (line) => lines.push(line),
  signal: AbortSignal.timeout(120_000),
  ...changed,
});

const built = async (): Promise<readonly string[]> =>
  (await readdir(join(folder, 'built')).catch(() => [])).filter((name) => name !== '.locks' && name !== '.wishes');

test('an environment is built once, for all who ask at once and for later servers', async () => {
  const both = open();
  const [first, second] = await Promise.all([
    both.ensure(request(['six==1.16.0'])),
    both.ensure(request(['six==1.16.0'], { log: () => {} })),
  ]);
  expect(first).toEqual(second);
  expect(await built()).toEqual([first.digest]);
  const { stdout } = await run(first.python, ['-c', 'import six; print(six.__version__)']);
  expect(stdout.trim()).toBe('1.16.0');
  expect(lines.join('\n')).toMatch(/Installing .*six==1\.16\.0[\s\S]*Environment built in .*\nInterpreter \//);
  lines = [];
  expect(await open(NO_UV).ensure(request(['six==1.16.0']))).toEqual(first);
  expect(lines.slice(-2)).toEqual(['The environment is built already.', `Interpreter ${first.python}`]);
}, 120_000);

test('azureml-defaults costs nothing: the environment is that without it, and the log says so', async () => {
  const { digest } = await open().ensure(request(['six==1.16.0']));
  const recipe = definitionOf('pip', { pip: ['azureml-defaults', 'six==1.16.0'] });
  expect((await open(NO_UV).ensure(request([], { definition: recipe }))).digest).toBe(digest);
  expect(lines.join('\n')).toMatch(/^Not installed: azureml-defaults\. Farled's runtime stands in for it/m);
}, 120_000);

test('an environment whose Python has gone is built again', async () => {
  const { python, digest } = await open().ensure(request(['six==1.15.0']));
  await rm(python);
  await expect(open(NO_UV).ensure(request(['six==1.15.0']))).rejects.toThrow('/nowhere/uv');
  expect(await open().ensure(request(['six==1.15.0']))).toEqual({ python, digest });
  expect((await run(python, ['-c', 'import six; print(six.__version__)'])).stdout.trim()).toBe('1.15.0');
}, 120_000);

test('processes that want the same build it once', async () => {
  const wanted = { ...request(['six==1.14.0']), log: undefined, signal: undefined };
  const module = (name: string): string => JSON.stringify(new URL(name, import.meta.url).href);
  const script = `
    import { createEnvironments } from ${module('./uv.ts')};
    import { silentLogger, systemClock } from ${module('../../../service/src/index.ts')};
    const where = ${JSON.stringify({ folder: join(folder, 'built'), toolsFolder: join(folder, 'tools') })};
    const environments = createEnvironments({ ...where, realServer: false, clock: systemClock, log: silentLogger });
    const signal = new AbortController().signal;
    const { python } = await environments.ensure({ ...${JSON.stringify(wanted)}, log: console.log, signal });
  `;
  const once = (): Promise<string> =>
    run(process.execPath, ['--conditions=@farled/source', '--input-type=module', '--eval', script], {
      cwd: fileURLToPath(new URL('.', import.meta.url)),
    }).then(({ stdout }) => stdout);
  const outputs = await Promise.all([once(), once(), once()]);
  expect(outputs.filter((output) => output.includes('Environment built in'))).toHaveLength(1);
  const interpreters = outputs.map((output) => /^Interpreter (.*)$/m.exec(output)?.[1]);
  expect(new Set(interpreters).size).toBe(1);
  expect((await run(interpreters[0] ?? '', ['-c', 'import six'])).stderr).toBe('');
}, 120_000);

test('what a builder left that was killed is removed, and what one builds now is not', async () => {
  const mine =
    /^\d+ \(.*\) (?:\S+ ){19}(\d+)/s.exec(await readFile('/proc/self/stat', 'utf8').catch(() => ''))?.[1] ?? '';
  const left = `.building-${2 ** 30}-1-left`;
  const live = `.building-${process.pid}-${mine}-live`;
  await Promise.all([left, live].map((name) => mkdir(join(folder, 'built', name), { recursive: true })));
  await open().ensure(request(['six==1.16.0']));
  expect(await built()).toContain(live);
  expect(await built()).not.toContain(left);
  await rm(join(folder, 'built', live), { recursive: true });
}, 120_000);

test('a Python that is not here fails the build, or the nearest newer one is taken with a warning', async () => {
  const { digest } = await open().ensure(request(['six==1.16.0']));
  const made = JSON.parse(await readFile(join(folder, 'built', digest, 'environment.json'), 'utf8')) as {
    readonly python: string;
    readonly interpreter: string;
  };
  const minor = Number(made.python.split('.')[1]);
  const bin = join(folder, 'bin');
  await mkdir(bin);
  await symlink(made.interpreter, join(bin, `python3.${minor}`));
  const uv = (await readdir(join(folder, 'tools')).catch(() => [])).map((name) =>
    join(folder, 'tools', name, 'bin', 'uv'),
  )[0];
  const variables = {
    ...process.env,
    PATH: bin,
    PYENV_ROOT: join(folder, 'no-pyenv'),
    UV_PYTHON_INSTALL_DIR: join(folder, 'no-pythons'),
    // Nothing answers there, so no Python can be downloaded.
    UV_PYTHON_INSTALL_MIRROR: 'http://127.0.0.1:1',
  };
  const only = { variables, ...(uv === undefined ? {} : { uv }) };
  const older = { definition: definitionOf(`python=3.${minor - 1}`, { pip: ['six==1.16.0'] }) };
  await expect(open(only).ensure(request([], { ...older, pythonPolicy: 'exact' }))).rejects.toMatchObject({
    code: 'PythonVersionUnavailable',
    message: expect.stringMatching(new RegExp(`==3\\.${minor - 1}\\.\\*.*Installed: ${made.python}\\.$`)),
  });
  const warning = expect.stringMatching(new RegExp(`^WARNING: Python ==3\\.${minor - 1}\\.\\* was asked for`));
  expect((await open(only).ensure(request([], older))).digest).toBe(digest);
  expect(lines).toContainEqual(warning);
  lines = [];
  expect((await open({ ...only, ...NO_UV }).ensure(request([], older))).digest).toBe(digest);
  expect(lines).toContainEqual(warning);
  // It is there now: uv is asked again.
  await writeFile(join(bin, `python3.${minor - 1}`), '');
  await expect(open({ ...only, ...NO_UV }).ensure(request([], older))).rejects.toThrow('/nowhere/uv');
}, 120_000);

test('a log gets every line as it comes, and every waiting caller the same ones', async () => {
  const others: string[] = [];
  const both = open();
  await Promise.all([
    both.ensure(request(['six==1.13.0'])),
    both.ensure(request(['six==1.13.0'], { log: (line) => others.push(line) })),
  ]);
  const ofBuild = (all: readonly string[]) => all.slice(all.findIndex((line) => line.startsWith('Installing ')));
  expect(ofBuild(others)).toEqual(ofBuild(lines));
  expect(ofBuild(lines)).toContainEqual(expect.stringMatching(/^ \+ six==1\.13\.0$/));
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
      log: (line) => line.startsWith('Using Python') && stopping.abort(new Error('changed my mind')),
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
  const { python } = await open(NO_UV).ensure(request([], { definition }));
  expect((await run(python, ['--version'])).stdout).toMatch(/^Python 3/);
  const absent = { ...definition, python: { ...definition.python, interpreterPath: '/nowhere/python' } };
  await expect(open().ensure(request([], { definition: absent }))).rejects.toThrow('/nowhere/python');
});
