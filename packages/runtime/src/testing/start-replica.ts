/** A real replica for tests: the runtime as a process of its own, with the machine's Python. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { type IncomingHttpHeaders, request } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { REPLICA_CONTROL, ReplicaReport } from '@farled/contract';
import { systemClock } from '@farled/service';

import { runtimeEntry } from '../index.ts';

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

interface Call {
  readonly method?: string;
  readonly body?: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

export interface TestReplica extends AsyncDisposable {
  readonly folder: string;
  readonly pid: number;
  call(path: string, options?: Call): Promise<Answer>;
  score(body: string): Promise<Answer>;
  report(): Promise<ReplicaReport>;
  log(): Promise<string>;
  /** Files in the folder that the script runs in. */
  read(file: string): Promise<string>;
  write(file: string, text: string): Promise<void>;
  has(file: string): Promise<boolean>;
  /** What it said of its end; the exit code, when it has ended. */
  ended(): Promise<{ readonly code: number | null; readonly report: ReplicaReport | undefined }>;
}

export interface ReplicaOptions {
  readonly script: string;
  /** Path below the application's folder, and text. */
  readonly files?: Readonly<Record<string, string>>;
  readonly variables?: Readonly<Record<string, string>>;
  /** How far it has to be; ready when not said. */
  readonly until?: 'listening' | 'ready';
}

const DEADLINE_MS = 20_000;

/** Resolves when it is as far as it has to be, or has ended. */
export async function startReplica({
  script,
  files = {},
  variables = {},
  until = 'ready',
}: ReplicaOptions): Promise<TestReplica> {
  const folder = await mkdtemp(join(tmpdir(), 'farled-replica-'));
  for (const [path, text] of Object.entries({ 'source/score.py': script, ...files })) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  const socketPath = join(folder, 's');
  const child = spawn(process.execPath, ['--conditions=@farled/source', fileURLToPath(runtimeEntry)], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: {
      PATH: process.env['PATH'],
      AML_APP_ROOT: folder,
      AZUREML_SOURCE_DIRECTORY: join(folder, 'source'),
      AZUREML_ENTRY_SCRIPT: 'score.py',
      AZUREML_MODEL_DIR: join(folder, 'azureml-models'),
      SERVICE_NAME: 'test',
      FARLED_REPLICA_ID: 'replica-1',
      FARLED_LISTEN: socketPath,
      FARLED_PYTHON: 'python3',
      FARLED_LOG_FILE: join(folder, 'log'),
      FARLED_QUARANTINE_FOLDER: join(folder, 'quarantine'),
      FARLED_REPORT_FILE: join(folder, 'report.json'),
      ...variables,
    },
  });
  const exit = once(child, 'exit') as Promise<[number | null]>;
  const call = (path: string, { method = 'GET', body, headers = {}, signal }: Call = {}): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const asked = request({ socketPath, path, method, headers, signal, agent: false }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text: Buffer.concat(chunks).toString(),
          }),
        );
      });
      asked.on('error', reject);
      asked.end(body);
    });
  const report = async (): Promise<ReplicaReport> =>
    ReplicaReport.parse(JSON.parse((await call(REPLICA_CONTROL.report)).text));

  const deadline = systemClock.now() + DEADLINE_MS;
  while (child.exitCode === null && systemClock.now() < deadline) {
    const state = await report().then(
      (told) => told.state,
      () => null,
    );
    if (state === 'ready' || (state !== null && until === 'listening')) {
      break;
    }
    await systemClock.sleep(10);
  }
  return {
    folder,
    pid: child.pid ?? 0,
    call,
    score: (body) => call('/score', { method: 'POST', body }),
    report,
    read: (file) => readFile(join(folder, file), 'utf8'),
    write: (file, text) => writeFile(join(folder, file), text),
    has: (file) =>
      access(join(folder, file)).then(
        () => true,
        () => false,
      ),
    log: () => readFile(join(folder, 'log'), 'utf8'),
    ended: async () => {
      const [code] = await exit;
      const told = await readFile(join(folder, 'report.json'), 'utf8').catch(() => undefined);
      return { code, report: told === undefined ? undefined : ReplicaReport.parse(JSON.parse(told)) };
    },
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL');
      await exit;
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
