/** Real installations with the real uv, of small packages, for platforms that may not be this machine's. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { EnvironmentDefinition } from '@farled/contract';
import { silentLogger, systemClock } from '@farled/service';
import { afterAll, beforeAll, expect, test } from 'vitest';

import type { ImageBuildRequest } from '../environments.ts';
import { createEnvironments } from '../uv.ts';
import { chooseInterpreter } from './interpreter.ts';
import { isThisMachine, pythonPlatform } from './platform.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'farled-image-environment-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const base = {
  reference: 'base/python:3.11',
  interpreters: [
    { path: '/usr/bin/python3.11', version: [3, 11, 0] },
    { path: '/opt/miniconda/bin/python3.9', version: [3, 9, 0] },
  ],
} as const;

const plan = (pip: readonly string[], changed: Partial<ImageBuildRequest> = {}) =>
  createEnvironments({
    folder: join(folder, 'built'),
    toolsFolder: join(folder, 'tools'),
    realServer: false,
    clock: systemClock,
    log: silentLogger,
  }).planForImage({
    definition: EnvironmentDefinition.parse({
      name: 'env',
      python: { condaDependencies: { dependencies: ['python=3.11', { pip }] } },
    }),
    sourceDirectory: folder,
    pythonPolicy: 'exact',
    log: () => {},
    signal: AbortSignal.timeout(60_000),
    base,
    platform: { architecture: 'amd64', glibc: '2.36' },
    ...changed,
  });

async function contents(of: string): Promise<Record<string, string>> {
  const entries = await readdir(of, { recursive: true, withFileTypes: true });
  const files: Record<string, string> = {};
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile()) {
      files[path.slice(of.length)] = await readFile(path, 'base64');
    }
  }
  return files;
}

test.each([
  ['amd64', '2.36', 'x86_64-manylinux_2_36'],
  ['arm64', '2.31', 'aarch64-manylinux_2_31'],
  ['amd64', '2.30', 'x86_64-manylinux_2_28'],
  ['amd64', '2.23', 'x86_64-manylinux2014'],
  ['arm64', null, 'aarch64-manylinux_2_28'],
] as const)('an image for %s with the C library %s takes wheels for %s', (architecture, glibc, platform) => {
  expect(pythonPlatform({ architecture, glibc })).toBe(platform);
});

test('the environment of an image is the same bytes in any folder', async () => {
  const environment = await plan(['pytest==8.3.4', 'six==1.16.0']);
  expect(environment.python).toBe('/opt/farled/python/bin/python');
  const [one, other] = [join(folder, 'one'), join(folder, 'much', 'deeper', 'other')];
  const packages = await environment.packages?.install(one, AbortSignal.timeout(60_000));
  await environment.packages?.install(other, AbortSignal.timeout(60_000));
  expect(packages).toContainEqual({ name: 'six', version: '1.16.0' });
  const files = await contents(one);
  expect(await contents(other)).toEqual(files);
  expect(environment.packages?.links).toContainEqual({
    path: '/opt/farled/python/bin/python',
    target: '/usr/bin/python3.11',
  });
  expect(Buffer.from(files['/bin/pytest'] ?? '', 'base64').toString()).toMatch(
    /^#!\/opt\/farled\/python\/bin\/python\n/,
  );
  expect(Buffer.from(files['/pyvenv.cfg'] ?? '', 'base64').toString()).toContain('home = /usr/bin\n');
  expect(JSON.stringify(Object.values(files))).not.toContain(Buffer.from(one).toString('base64').slice(2, -4));
}, 120_000);

test('packages are for the platform of the image, whatever this machine is', async () => {
  const architecture = isThisMachine({ architecture: 'amd64', glibc: null }) ? 'arm64' : 'amd64';
  const environment = await plan(['markupsafe==3.0.2'], { platform: { architecture, glibc: '2.36' } });
  const target = join(folder, 'foreign');
  await environment.packages?.install(target, AbortSignal.timeout(60_000));
  const names = await readdir(join(target, 'lib', 'python3.11', 'site-packages', 'markupsafe'));
  const machine = architecture === 'arm64' ? 'aarch64' : 'x86_64';
  expect(names.filter((name) => name.endsWith('.so'))).toEqual([`_speedups.cpython-311-${machine}-linux-gnu.so`]);
}, 120_000);

test('what decides the packages decides the digest', async () => {
  const digests = await Promise.all([
    plan(['six==1.16.0']),
    plan(['six==1.15.0']),
    plan(['six==1.16.0'], { platform: { architecture: 'arm64', glibc: '2.36' } }),
    plan(['six==1.16.0'], {
      base: { ...base, interpreters: [{ path: '/usr/local/bin/python3.11', version: [3, 11, 0] }] },
    }),
  ]);
  expect(new Set(digests.map(({ packages }) => packages?.digest)).size).toBe(4);
  expect((await plan(['six==1.16.0'])).packages?.digest).toBe(digests[0].packages?.digest);
});

test('a package without a wheel for a foreign platform fails the build by its name', async () => {
  const architecture = isThisMachine({ architecture: 'amd64', glibc: null }) ? 'arm64' : 'amd64';
  await expect(plan(['farled-no-such-package'], { platform: { architecture, glibc: '2.36' } })).rejects.toMatchObject({
    code: 'EnvironmentBuildFailed',
    message: expect.stringContaining('farled-no-such-package'),
  });
}, 120_000);

test('the interpreter is one of the base image, and what it has is named when none will do', () => {
  const wish = [{ operator: '==', version: '3.9.*' }] as const;
  expect(chooseInterpreter(wish, base, 'exact').interpreter.path).toBe('/opt/miniconda/bin/python3.9');
  const absent = [{ operator: '==', version: '3.6.*' }] as const;
  expect(() => chooseInterpreter(absent, base, 'exact')).toThrow(
    /python ==3\.6\.\*, and the base image base\/python:3\.11 has only 3\.11 \(\/usr\/bin\/python3\.11\), 3\.9/,
  );
  const nearest = chooseInterpreter(absent, base, 'nearest');
  expect(nearest.interpreter.version).toEqual([3, 9, 0]);
  expect(nearest.line).toMatch(/^WARNING: Python ==3\.6\.\*/);
});

test('an environment that its user manages brings no packages of its own', async () => {
  const definition = EnvironmentDefinition.parse({
    name: 'own',
    python: { userManagedDependencies: true, interpreterPath: '/opt/miniconda/bin/python' },
  });
  expect(await plan([], { definition })).toEqual({ python: '/opt/miniconda/bin/python', packages: null });
});
