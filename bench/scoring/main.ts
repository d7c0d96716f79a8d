/**
 * Farled's runtime beside the server of the original container, azureml-inference-server-http, with the same entry
 * script, the same Python and one worker each; and the script in a bare loop as the limit.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { EnvironmentDefinition } from '@farled/contract';
import { createEnvironments } from '@farled/controller';
import { runtimeEntry } from '@farled/runtime';
import { silentLogger, systemClock } from '@farled/service';

import { compare } from '../harness/compare.ts';
import { load, type Measured } from '../harness/load.ts';
import { eventually, freePort, start } from '../harness/process.ts';

const PEER = 'azureml-inference-server-http==1.5.1';
const SECONDS = 3;
const ROUNDS = 5;
const BODY = '{"data": [[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]]}';
const SOURCE = fileURLToPath(new URL('.', import.meta.url));
const CACHE = join(process.env['FARLED_HOME'] ?? join(homedir(), '.farled'), 'bench');

await using ending = new AsyncDisposableStack();
const folder = await mkdtemp(join(tmpdir(), 'farled-bench-'));
ending.defer(() => rm(folder, { recursive: true, force: true }));

const environments = createEnvironments({
  folder: join(CACHE, 'environments'),
  toolsFolder: join(CACHE, 'tools'),
  clock: systemClock,
  log: silentLogger,
  realServer: true,
});
const { python } = await environments.ensure({
  definition: EnvironmentDefinition.parse({
    name: 'bench',
    python: { condaDependencies: { dependencies: ['python=3.11', { pip: [PEER] }] } },
  }),
  sourceDirectory: SOURCE,
  pythonPolicy: 'nearest',
  log: (line) => process.stderr.write(`${line}\n`),
  signal: AbortSignal.timeout(300_000),
});

const [ours, theirs] = [await freePort(), await freePort()];
ending.use(
  start(process.execPath, [...process.execArgv, fileURLToPath(runtimeEntry)], {
    env: {
      PATH: process.env['PATH'],
      AML_APP_ROOT: SOURCE,
      AZUREML_SOURCE_DIRECTORY: SOURCE,
      AZUREML_ENTRY_SCRIPT: 'score.py',
      FARLED_REPLICA_ID: 'bench',
      FARLED_LISTEN: `127.0.0.1:${ours}`,
      FARLED_PYTHON: python,
      FARLED_MAX_CONCURRENT_REQUESTS: '100',
      FARLED_LOG_FILE: join(folder, 'replica.log'),
      FARLED_REPORT_FILE: join(folder, 'report.json'),
    },
  }),
);
ending.use(
  start(
    join(dirname(python), 'azmlinfsrv'),
    ['--entry_script', join(SOURCE, 'score.py'), '--port', String(theirs), '--worker_count', '1'],
    { cwd: folder, env: { ...process.env, AML_APP_ROOT: folder, AZUREML_LOG_LEVEL: 'WARNING' } },
  ),
);
for (const port of [ours, theirs]) {
  await eventually(`A server on port ${port}`, async () => {
    const { status } = await fetch(`http://127.0.0.1:${port}/`);
    if (status !== 200) {
      throw new Error(`status ${status}`);
    }
  });
}

const measure = (port: number, connections: number) => () =>
  load({
    url: `http://127.0.0.1:${port}/score`,
    connections,
    seconds: SECONDS,
    folder,
    body: BODY,
    headers: { 'content-type': 'application/json' },
  });
const bare = async (): Promise<Measured> => {
  const { stdout } = await promisify(execFile)(python, [join(SOURCE, 'bare.py'), SOURCE, BODY, String(SECONDS)]);
  return { ...(JSON.parse(stdout) as Omit<Measured, 'cpuMicroseconds'>), cpuMicroseconds: Number.NaN };
};
for (const connections of [1, 8]) {
  await compare(
    [
      { name: 'Farled runtime', measure: measure(ours, connections) },
      { name: PEER, measure: measure(theirs, connections) },
      { name: 'the script in a loop (limit)', measure: bare },
    ],
    {
      title: `Scoring: ${connections} connections, one worker, ${BODY.length} bytes of body`,
      rounds: ROUNDS,
      json: process.argv.includes('--json'),
    },
  );
}
