/** Standalone Farled as a process of its own, on a home of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { type Client, connect, type Workspace, Workspace as Workspaces } from '@farled/sdk';
import { runningServer, stopHome } from '@farled/standalone';

import { until } from './until.ts';

export const ROOT = resolve(import.meta.dirname, '..', '..');
const MAIN = join(ROOT, 'packages', 'standalone', 'src', 'main.ts');

export interface TestServer extends AsyncDisposable {
  readonly home: string;
  readonly client: Client;
  readonly workspace: Workspace;
  readonly environment: Record<string, string>;
  /** The server's process; another one after {@link TestServer.restart}. */
  readonly process: () => ChildProcess;
  /** Ends the server as a crash would. Router and replicas go on. */
  kill(): Promise<void>;
  /** Starts the server anew on the same home and ports. */
  restart(): Promise<void>;
}

/** Environments are shared by all homes of a test run: they are found by digest, and built under a lock. */
const ENVIRONMENTS = join(tmpdir(), 'farled-test-environments');

export async function startServer(variables: Record<string, string> = {}): Promise<TestServer> {
  const home = await mkdtemp(join(tmpdir(), 'farled-'));
  const environment: Record<string, string> = {
    PATH: process.env['PATH'] ?? '',
    HOME: process.env['HOME'] ?? home,
    FARLED_HOME: home,
    FARLED_PORT: '0',
    FARLED_SCORING_PORT: '0',
    FARLED_AZUREML_PORT: '0',
    FARLED_ENVIRONMENTS: ENVIRONMENTS,
    ...installerVariables(),
    ...variables,
  };
  let child = await launch(home, environment);
  // A server that is started anew is found where it was.
  const first = await runningServer(home);
  environment['FARLED_PORT'] = new URL(first?.url ?? '').port;
  environment['FARLED_SCORING_PORT'] = new URL(first?.scoringUrl ?? '').port;
  environment['FARLED_AZUREML_PORT'] = new URL(first?.azuremlUrl ?? '').port;
  const client = await clientOf(home);
  const workspace = await Workspaces.create({ client, name: 'test', resourceGroup: 'e2e', existOk: true });
  return {
    home,
    client,
    workspace,
    environment,
    process: () => child,
    kill: async () => {
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) {
        await once(child, 'exit');
      }
    },
    restart: async () => {
      child = await launch(home, environment);
    },
    [Symbol.asyncDispose]: async () => {
      await stopHome(home);
      await rm(home, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Package indexes, proxies and certificates of the machine that the tests run on. */
function installerVariables(): Record<string, string> {
  const passed = /^(?:PIP_|UV_|SSL_CERT|REQUESTS_CA_BUNDLE$|(?:HTTPS?|NO|ALL)_PROXY$)/i;
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      passed.test(name) && value !== undefined ? [[name, value]] : [],
    ),
  );
}

async function launch(home: string, environment: Record<string, string>): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['--conditions=@farled/source', MAIN], {
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  child.stdout?.on('data', (chunk) => (said += chunk));
  child.stderr?.on('data', (chunk) => (said += chunk));
  child.once('exit', (code, signal) => {
    if (code !== 0 && signal !== 'SIGKILL') {
      // Whatever fails after this fails because of it.
      console.error(`A server ended with ${signal ?? code}: ${said}`);
    }
  });
  await until('the server is ready', async () => {
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new Error(`The server ended: ${said}`);
    }
    return (await runningServer(home))?.pid === child.pid;
  });
  return child;
}

async function clientOf(home: string): Promise<Client> {
  const before = process.env['FARLED_HOME'];
  process.env['FARLED_HOME'] = home;
  try {
    return connect();
  } finally {
    if (before === undefined) {
      delete process.env['FARLED_HOME'];
    } else {
      process.env['FARLED_HOME'] = before;
    }
  }
}
