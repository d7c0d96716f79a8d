/**
 * Farled's runtime beside azureml-inference-server-http, which the original's containers run, and FastAPI, which one
 * would write oneself: the same entry script, the same Python, one worker each; and the script in a bare loop as the
 * limit.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { EnvironmentDefinition } from '@farled/contract';
import { createEnvironments } from '@farled/controller';
import { silentLogger, systemClock } from '@farled/service';

import { compare, type Row } from '../harness/compare.ts';
import { load, type Measured } from '../harness/load.ts';
import { type Server, SOURCE, startAzure, startFarled, startFastapi } from './servers.ts';

const PEER = 'azureml-inference-server-http==1.5.1';
const PACKAGES = [PEER, 'fastapi==0.116.1', 'uvicorn[standard]==0.35.0', 'scikit-learn==1.5.2', 'numpy<3'];
const SECONDS = 3;
const ROUNDS = 5;
const BODY = '{"data": [[1,2,3,4,5,6,7,8,9,10], [10,9,8,7,6,5,4,3,2,1]]}';
/** About 1 MB. */
const LARGE = JSON.stringify({ data: Array.from({ length: 50_000 }, (_, index) => index + 0.123_456_789) });
const CACHE = join(process.env['FARLED_HOME'] ?? join(homedir(), '.farled'), 'bench');
const json = process.argv.includes('--json');

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
    python: { condaDependencies: { dependencies: ['python=3.11', { pip: PACKAGES }] } },
  }),
  sourceDirectory: SOURCE,
  pythonPolicy: 'nearest',
  log: (line) => process.stderr.write(`${line}\n`),
  signal: AbortSignal.timeout(300_000),
});

const measure = (server: Server, connections: number, body: string) => () =>
  load({
    url: `http://127.0.0.1:${server.port}/score`,
    connections,
    seconds: SECONDS,
    folder,
    body,
    headers: { 'content-type': 'application/json' },
    pids: server.pid === undefined ? [] : [server.pid],
  });
const bare = async (): Promise<Measured> => {
  const { stdout } = await promisify(execFile)(python, [join(SOURCE, 'bare.py'), SOURCE, BODY, String(SECONDS)]);
  return { ...(JSON.parse(stdout) as Omit<Measured, 'cpuMicroseconds'>), cpuMicroseconds: Number.NaN };
};
const of = (rows: readonly Row[], name: string): Row | undefined => rows.find((row) => row.name.startsWith(name));
const ratio = (a: number | undefined, b: number | undefined): number => (a ?? Number.NaN) / (b ?? Number.NaN);

const FARLED = 'Farled runtime';
const FASTAPI = 'FastAPI + uvicorn';
const LOOP = 'the script in a loop (limit)';

{
  await using ours = await startFarled({ python, script: 'score', folder });
  await using theirs = await startAzure({ python, script: 'score', folder });
  await using fastapi = await startFastapi({ python, script: 'score', folder });
  await compare(
    [
      { name: FARLED, measure: measure(ours, 16, BODY) },
      { name: PEER, measure: measure(theirs, 16, BODY) },
      { name: FASTAPI, measure: measure(fastapi, 16, BODY) },
      { name: LOOP, measure: bare },
    ],
    {
      title: `Scoring: scikit-learn, 16 connections, one worker, ${BODY.length} bytes of body`,
      rounds: ROUNDS,
      json,
      figures: (rows) => ({
        rpsVsAzure: ratio(of(rows, FARLED)?.requestsPerSecond, of(rows, PEER)?.requestsPerSecond),
        rpsVsFastapi: ratio(of(rows, FARLED)?.requestsPerSecond, of(rows, FASTAPI)?.requestsPerSecond),
        shareOfBareLoop: ratio(of(rows, FARLED)?.requestsPerSecond, of(rows, LOOP)?.requestsPerSecond),
        cpuVsAzure: ratio(of(rows, FARLED)?.cpuMicroseconds, of(rows, PEER)?.cpuMicroseconds),
      }),
    },
  );
  await compare(
    [
      { name: FARLED, measure: measure(ours, 1, BODY) },
      { name: PEER, measure: measure(theirs, 1, BODY) },
      { name: FASTAPI, measure: measure(fastapi, 1, BODY) },
      { name: LOOP, measure: bare },
    ],
    {
      title: 'Scoring: the same at 1 connection',
      rounds: ROUNDS,
      json,
      figures: (rows) => ({
        addedMicrosecondsAt1: 1000 * ((of(rows, FARLED)?.p50Ms ?? Number.NaN) - (of(rows, LOOP)?.p50Ms ?? Number.NaN)),
      }),
    },
  );
}
{
  await using ours = await startFarled({ python, script: 'echo', folder });
  await using theirs = await startAzure({ python, script: 'echo', folder });
  await compare(
    [
      { name: FARLED, measure: measure(ours, 4, LARGE) },
      { name: PEER, measure: measure(theirs, 4, LARGE) },
    ],
    {
      title: `Scoring: JSON that comes back, ${LARGE.length} bytes`,
      rounds: ROUNDS,
      json,
      figures: (rows) => ({
        largeBytesVsAzure: ratio(of(rows, FARLED)?.requestsPerSecond, of(rows, PEER)?.requestsPerSecond),
      }),
    },
  );
}
{
  await using two = await startFarled({ python, script: 'compute', folder, workers: 2 });
  await using one = await startFarled({ python, script: 'compute', folder, workers: 1 });
  await compare(
    [
      { name: 'two workers', measure: measure(two, 16, BODY) },
      { name: 'one worker', measure: measure(one, 16, BODY) },
    ],
    {
      title: 'Scoring: 5 ms of pure Python, 16 connections',
      rounds: ROUNDS,
      json,
      figures: (rows) => ({
        twoWorkersVsOne: ratio(of(rows, 'two')?.requestsPerSecond, of(rows, 'one')?.requestsPerSecond),
      }),
    },
  );
}
