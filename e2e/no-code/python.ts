/** A Python with packages, to make models with: environments of the test run, which are built once. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { EnvironmentDefinition } from '@farled/contract';
import { createEnvironments } from '@farled/controller';
import { silentLogger, systemClock } from '@farled/service';

import type { TestServer } from '../harness/server.ts';

const LONGEST_MS = 540_000;

export async function pythonWith(server: TestServer, packages: readonly string[]): Promise<string> {
  const environments = createEnvironments({
    folder: server.environment['FARLED_ENVIRONMENTS'] ?? '',
    toolsFolder: join(server.home, 'tools'),
    clock: systemClock,
    log: silentLogger,
    realServer: false,
  });
  const built = await environments.ensure({
    definition: EnvironmentDefinition.parse({
      name: 'models',
      python: { condaDependencies: { dependencies: [{ pip: [...packages] }] } },
    }),
    sourceDirectory: import.meta.dirname,
    pythonPolicy: 'nearest',
    log: () => {},
    signal: AbortSignal.timeout(LONGEST_MS),
  });
  return built.python;
}

/** Runs a program of this folder. @throws what it said when it fails. */
export async function run(python: string, program: string, ...given: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(python, [join(import.meta.dirname, program), ...given]);
  return stdout;
}
