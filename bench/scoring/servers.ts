/** The servers that are measured, each with one entry script of this folder. */
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { runtimeEntry } from '@farled/runtime';

import { eventually, freePort, type Running, start } from '../harness/process.ts';

export const SOURCE = fileURLToPath(new URL('.', import.meta.url));

export interface Server extends AsyncDisposable {
  readonly port: number;
  readonly pid: number | undefined;
}

export interface ServerOptions {
  /** Of the interpreter that has the script's packages and those of all servers. */
  readonly python: string;
  /** `score` for score.py. */
  readonly script: string;
  readonly folder: string;
  readonly workers?: number;
}

export async function startFarled({ python, script, folder, workers = 1 }: ServerOptions): Promise<Server> {
  return started(`Farled with ${script}.py`, (port) =>
    start(process.execPath, [...process.execArgv, fileURLToPath(runtimeEntry)], {
      env: {
        PATH: process.env['PATH'],
        AML_APP_ROOT: SOURCE,
        AZUREML_SOURCE_DIRECTORY: SOURCE,
        AZUREML_ENTRY_SCRIPT: `${script}.py`,
        WORKER_COUNT: String(workers),
        FARLED_REPLICA_ID: 'bench',
        FARLED_LISTEN: `127.0.0.1:${port}`,
        FARLED_PYTHON: python,
        FARLED_MAX_CONCURRENT_REQUESTS: '100',
        FARLED_LOG_FILE: join(folder, `replica-${port}.log`),
      },
    }),
  );
}

export async function startAzure({ python, script, folder, workers = 1 }: ServerOptions): Promise<Server> {
  // Its application root gets files of its own.
  const root = join(folder, `azure-${script}`);
  await mkdir(root, { recursive: true });
  const entry = join(SOURCE, `${script}.py`);
  return started(`azureml-inference-server-http with ${script}.py`, (port) =>
    start(
      join(dirname(python), 'azmlinfsrv'),
      ['--entry_script', entry, '--port', String(port), '--worker_count', String(workers)],
      { cwd: root, env: { ...process.env, AML_APP_ROOT: root, AZUREML_LOG_LEVEL: 'WARNING' } },
    ),
  );
}

export async function startFastapi({ python, script }: ServerOptions): Promise<Server> {
  return started(`FastAPI with ${script}.py`, (port) =>
    start(
      join(dirname(python), 'uvicorn'),
      ['fastapi_app:app', '--port', String(port), '--log-level', 'warning', '--no-access-log'],
      { cwd: SOURCE, env: { ...process.env, SCRIPT: script, PYTHONDONTWRITEBYTECODE: '1' } },
    ),
  );
}

async function started(name: string, run: (port: number) => Running): Promise<Server> {
  const port = await freePort();
  const running = run(port);
  await eventually(name, async () => {
    const { status } = await fetch(`http://127.0.0.1:${port}/`);
    if (status !== 200) {
      throw new Error(`status ${status}`);
    }
  });
  return { port, pid: running.child.pid, [Symbol.asyncDispose]: () => running[Symbol.asyncDispose]() };
}
