/** The real azureml-core, in a Python of its own, pointed at a server of ours. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { parseEnv, promisify } from 'node:util';

import { EnvironmentDefinition } from '@farled/contract';
import { createEnvironments } from '@farled/controller';
import { silentLogger, systemClock } from '@farled/service';

import { ROOT, type TestServer } from './server.ts';

export const AZUREML_CORE = 'azureml-core==1.61.0.post4';
export const FARLED = join(ROOT, 'packages', 'cli', 'bin', 'farled.mjs');
export const JOURNEYS = join(ROOT, 'e2e', 'azureml');
const LONGEST_MS = 540_000;

/** Path of a Python that has azureml-core, and scikit-learn to train a model with. */
export async function azuremlPython(server: TestServer): Promise<string> {
  const environments = createEnvironments({
    folder: server.environment['FARLED_ENVIRONMENTS'] ?? '',
    toolsFolder: join(server.home, 'tools'),
    clock: systemClock,
    log: silentLogger,
    realServer: true,
  });
  const built = await environments.ensure({
    definition: EnvironmentDefinition.parse({
      name: 'client',
      python: {
        condaDependencies: { dependencies: ['python=3.11', { pip: [AZUREML_CORE, 'scikit-learn', 'joblib'] }] },
      },
    }),
    sourceDirectory: JOURNEYS,
    pythonPolicy: 'nearest',
    log: () => {},
    signal: AbortSignal.timeout(LONGEST_MS),
  });
  return built.python;
}

export interface Journey {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
  readonly checks: readonly Check[];
}

interface Check {
  readonly check: string;
  readonly holds: boolean;
  readonly seen: string;
}

export interface AzuremlClient extends AsyncDisposable {
  /** HOME of the scripts; its caches go with it. */
  readonly home: string;
  /** What scripts find the server by. */
  readonly environment: Record<string, string>;
  /** Runs a program of `e2e/azureml/`, or one of an absolute path, in `cwd` (the home when not said). */
  run(program: string, args?: readonly string[], how?: RunOptions): Promise<Journey>;
}

interface RunOptions {
  readonly cwd?: string;
  readonly variables?: Readonly<Record<string, string>>;
}

/** With a config.json of the server's workspace in its home. */
export async function azuremlClient(server: TestServer): Promise<AzuremlClient> {
  const python = await azuremlPython(server);
  const home = await mkdtemp(join(tmpdir(), 'farled-azureml-'));
  const environment = {
    ...(await environmentOf(server, home)),
    // azureml-core reads the whole bundle for each of its connections: without the public authorities it is quicker.
    REQUESTS_CA_BUNDLE: join(server.home, 'tls', 'ca.crt'),
  };
  await server.workspace.writeConfig({ path: home });
  return {
    home,
    environment,
    run: async (program, args = [], { cwd = home, variables = {} } = {}) => {
      const child = spawn(python, [resolve(JOURNEYS, program), ...args], {
        cwd,
        env: { ...environment, ...variables },
        stdio: ['ignore', 'pipe', 'pipe'],
        signal: AbortSignal.timeout(LONGEST_MS),
      });
      let out = '';
      let err = '';
      child.stdout.on('data', (chunk) => (out += chunk));
      child.stderr.on('data', (chunk) => (err += chunk));
      const [code] = (await once(child, 'close')) as [number | null];
      return { code, out, err, checks: checksIn(out) };
    },
    [Symbol.asyncDispose]: () => rm(home, { recursive: true, force: true }),
  };
}

/** Of a journey, what did not hold, and how it ended when that was not well: empty when all is well. */
export function faults({ code, err, checks }: Journey): readonly string[] {
  const broken = checks.filter(({ holds }) => !holds).map(({ check, seen }) => `${check}: ${seen}`);
  const ended = code === 0 ? [] : [`it ended with ${code}: ${err.slice(-3000)}`];
  return [...broken, ...ended, ...(checks.length === 0 ? ['it checked nothing'] : [])];
}

export function checksIn(out: string): readonly Check[] {
  return out
    .split('\n')
    .filter((line) => line.startsWith('{"check": '))
    .map((line) => JSON.parse(line) as Check);
}

/** As a person has it after `farled azureml env`, in a shell that has nothing else set. */
export async function environmentOf(server: TestServer, home: string): Promise<Record<string, string>> {
  const plain = { PATH: process.env['PATH'] ?? '', HOME: home };
  const { stdout } = await promisify(execFile)(process.execPath, [FARLED, 'azureml', 'env', '--shell', 'dotenv'], {
    env: { ...plain, FARLED_HOME: server.home },
  });
  const printed = parseEnv(stdout) as Record<string, string>;
  const pythonPath = [printed['PYTHONPATH'] ?? '', JOURNEYS].join(delimiter);
  // Clients of one server are different persons: a login of one is not there for another.
  const logins = join(home, 'logins');
  await mkdir(logins);
  return {
    ...plain,
    ...printed,
    AZUREML_AUTH_CONFIG_DIR: logins,
    PYTHONPATH: pythonPath,
    PYTHONDONTWRITEBYTECODE: '1',
  };
}
