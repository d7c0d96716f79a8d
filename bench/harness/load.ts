/** Load by wrk: closed loop, a fixed number of connections, bounded in time. */
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { cpuSeconds } from './cpu.ts';
import { program } from './tools.ts';

export interface LoadOptions {
  readonly url: string;
  readonly connections: number;
  readonly seconds: number;
  /** Where the script for wrk is put. */
  readonly folder: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The programs whose processor time is counted, with all they started. */
  readonly pids?: readonly number[];
}

export interface Measured {
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Answers that were not 2xx, and connections that broke. */
  readonly errors: number;
  /** Microseconds of a processor for each request; not a number where it was not asked for. */
  readonly cpuMicroseconds: number;
}

export async function load({
  url,
  connections,
  seconds,
  folder,
  body,
  headers,
  pids = [],
}: LoadOptions): Promise<Measured> {
  const script = join(folder, 'request.lua');
  const lines = [
    'wrk.method = "POST"',
    `wrk.body = ${JSON.stringify(body)}`,
    ...Object.entries(headers).map(
      ([name, value]) => `wrk.headers[${JSON.stringify(name)}] = ${JSON.stringify(value)}`,
    ),
    'done = function(summary, latency)',
    '  local e = summary.errors',
    '  io.write(string.format("RESULT %d %f %f %f %d\\n", summary.requests, summary.requests / (summary.duration / 1e6),',
    '    latency:percentile(50) / 1000, latency:percentile(99) / 1000,',
    '    e.connect + e.read + e.write + e.status + e.timeout))',
    'end',
  ];
  await writeFile(script, lines.join('\n'));
  const before = await usedBy(pids);
  const { stdout } = await promisify(execFile)(
    program('wrk', 'wrk'),
    ['-t1', `-c${connections}`, `-d${seconds}s`, '-s', script, url],
    { timeout: (seconds + 30) * 1000 },
  );
  const used = (await usedBy(pids)) - before;
  const [requests = 0, requestsPerSecond = 0, p50Ms = 0, p99Ms = 0, errors = 0] =
    /RESULT (.*)/.exec(stdout)?.[1]?.split(' ').map(Number) ?? [];
  return { requestsPerSecond, p50Ms, p99Ms, errors, cpuMicroseconds: (used * 1e6) / requests };
}

async function usedBy(pids: readonly number[]): Promise<number> {
  const used = await Promise.all(pids.map(cpuSeconds));
  return used.length === 0 ? Number.NaN : used.reduce((sum, seconds) => sum + seconds);
}
