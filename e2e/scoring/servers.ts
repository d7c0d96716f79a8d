/** Both servers for a script: Farled's runtime, and azureml-inference-server-http. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { EnvironmentDefinition } from '@farled/contract';
import { createEnvironments } from '@farled/controller';
import { runtimeEntry } from '@farled/runtime';
import { silentLogger, systemClock } from '@farled/service';

import { until } from '../harness/until.ts';
import type { Asked, Case } from './case.ts';

export const PEER = 'azureml-inference-server-http==1.5.1';

const START_MS = 45_000;

export interface Answer {
  readonly status: number;
  /** In lower case; repeats joined with a comma, cookies with a line break. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface Server extends AsyncDisposable {
  ask(asked: Asked): Promise<Answer>;
}

/** Interpreters of the peer's environment, and of one with no package in it. */
export async function pythons(): Promise<{ readonly full: string; readonly bare: string }> {
  const environments = createEnvironments({
    folder: join(tmpdir(), 'farled-test-environments'),
    toolsFolder: join(tmpdir(), 'farled-test-tools'),
    clock: systemClock,
    log: silentLogger,
    realServer: true,
  });
  const build = async (name: string, pip: readonly string[]): Promise<string> => {
    const { python } = await environments.ensure({
      definition: EnvironmentDefinition.parse({
        name,
        python: { condaDependencies: { dependencies: ['python=3.11', { pip }] } },
      }),
      sourceDirectory: import.meta.dirname,
      pythonPolicy: 'nearest',
      log: () => {},
      signal: AbortSignal.timeout(540_000),
    });
    return python;
  };
  return { full: await build('peer', [PEER, 'numpy', 'pandas']), bare: await build('bare', []) };
}

/** The peers of all scripts that are asked for, from one process. */
export class Peers implements AsyncDisposable {
  readonly #driver: ChildProcess;

  constructor(python: string) {
    this.#driver = spawn(python, [join(import.meta.dirname, 'peers.py')], { stdio: ['pipe', 'ignore', 'inherit'] });
  }

  async start(tried: Case): Promise<Server> {
    const folder = await layOut(tried);
    const port = await freePort();
    const log = join(folder, 'log');
    const order = { folder, script: join(folder, 'score.py'), port, variables: variablesOf(tried), log };
    this.#driver.stdin?.write(`${JSON.stringify(order)}\n`);
    const server = serverAt({ host: '127.0.0.1', port }, () => rm(folder, { recursive: true, force: true }));
    await isUp(server, log);
    return server;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = once(this.#driver, 'exit');
    this.#driver.stdin?.end();
    await ended;
  }
}

export async function startOurs(tried: Case, python: string): Promise<Server> {
  const folder = await layOut(tried);
  const socketPath = join(folder, 's');
  const log = join(folder, 'log');
  const child = spawn(process.execPath, ['--conditions=@farled/source', fileURLToPath(runtimeEntry)], {
    stdio: 'inherit',
    env: {
      PATH: process.env['PATH'],
      ...variablesOf(tried),
      AML_APP_ROOT: folder,
      AZUREML_ENTRY_SCRIPT: 'score.py',
      FARLED_LISTEN: socketPath,
      FARLED_PYTHON: python,
      FARLED_LOG_FILE: log,
    },
  });
  const ended = once(child, 'exit');
  const server = serverAt({ socketPath }, async () => {
    child.kill('SIGKILL');
    await ended;
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  });
  await isUp(server, log);
  return server;
}

function variablesOf({ variables = {} }: Case): Record<string, string> {
  return { SERVICE_NAME: 'tried', SERVER_VERSION_LOG_RESPONSE_ENABLED: 'false', ...variables };
}

async function layOut({ script, files = {} }: Case): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'farled-scoring-'));
  for (const [path, text] of Object.entries({ 'score.py': script, ...files })) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return folder;
}

async function isUp(server: Server, log: string): Promise<void> {
  try {
    await until(
      'the server is up',
      async () => {
        const answer = await server.ask({ path: '/' }).catch(() => null);
        return answer?.status === 200;
      },
      START_MS,
    );
  } catch (error) {
    const said = await readFile(log, 'utf8').catch(() => 'nothing');
    throw new Error(`It did not come up, and said:\n${said}`, { cause: error });
  }
}

function serverAt(address: { readonly socketPath: string } | object, end: () => Promise<void>): Server {
  return {
    ask: ({ method = 'GET', path = '/score', headers = [], body }) =>
      new Promise((resolve, reject) => {
        const length = body === undefined ? [] : ['Content-Length', String(Buffer.byteLength(body))];
        const asked = httpRequest(
          { ...address, method, path, headers: ['Host', 'localhost', ...headers, ...length], agent: false },
          (response) => {
            const chunks: Buffer[] = [];
            response.on('data', (chunk: Buffer) => chunks.push(chunk));
            response.on('error', reject);
            response.on('end', () => {
              const joined = Object.entries(response.headersDistinct).map(([name, values = []]) => [
                name,
                values.join(name === 'set-cookie' ? '\n' : ', '),
              ]);
              resolve({
                status: response.statusCode ?? 0,
                headers: Object.fromEntries(joined) as Record<string, string>,
                body: Buffer.concat(chunks),
              });
            });
          },
        );
        asked.on('error', reject);
        asked.end(body);
      }),
    [Symbol.asyncDispose]: end,
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
