/** The cluster's long-running processes: they outlive the process that starts them and are known by pid and start. */
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

export interface ProcessSpec {
  readonly name: string;
  readonly command: readonly string[];
}

/** A pid alone may be another process by now; with the time of its start it cannot. */
export interface ProcessRecord {
  readonly name: string;
  readonly pid: number;
  readonly startTicks: string;
  readonly log: string;
}

/** Where a cluster keeps what its processes print, and one record for each of them. */
export interface ProcessFolders {
  readonly logs: string;
  readonly records: string;
}

export async function startProcess(folders: ProcessFolders, spec: ProcessSpec): Promise<ProcessRecord> {
  const log = join(folders.logs, `${spec.name}.log`);
  const output = openSync(log, 'a', 0o600);
  const [program = '', ...args] = spec.command;
  const child = spawn(program, args, {
    detached: true,
    stdio: ['ignore', output, output],
    env: plainEnvironment(),
  });
  closeSync(output);
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (error) => reject(new Error(`${spec.name} could not be started: ${error.message}`)));
  });
  child.unref();
  return recordProcess(folders, { name: spec.name, pid: child.pid ?? 0, log });
}

/** Not the caller's own: with a proxy in it, the cluster's parts would look for each other elsewhere. */
export function plainEnvironment(): NodeJS.ProcessEnv {
  const { PATH, HOME } = process.env;
  return { PATH, HOME };
}

/** A file for each process, so that nobody overwrites what another writes down at the same time. */
export async function recordProcess(
  folders: ProcessFolders,
  started: Omit<ProcessRecord, 'startTicks'>,
): Promise<ProcessRecord> {
  const record = { ...started, startTicks: startOf(started.pid) ?? 'ended at once' };
  await writeFile(recordFile(folders, record.name), JSON.stringify(record), { mode: 0o600 });
  return record;
}

export async function recordedProcesses(folders: ProcessFolders): Promise<readonly ProcessRecord[]> {
  const files = await readdir(folders.records).catch(() => []);
  const records = await Promise.all(files.map((file) => recordedProcess(folders, basename(file, '.json'))));
  // Others may end processes meanwhile.
  return records.filter((record) => record !== undefined);
}

export async function recordedProcess(folders: ProcessFolders, name: string): Promise<ProcessRecord | undefined> {
  try {
    return JSON.parse(await readFile(recordFile(folders, name), 'utf8')) as ProcessRecord;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return undefined;
    }
    throw error;
  }
}

/** Ends the process of that name, if there is one, and forgets it. */
export async function endProcess(folders: ProcessFolders, name: string, signal?: NodeJS.Signals): Promise<void> {
  const record = await recordedProcess(folders, name);
  if (record !== undefined) {
    await stopProcess(record, signal);
    await rm(recordFile(folders, name), { force: true });
  }
}

function recordFile(folders: ProcessFolders, name: string): string {
  return join(folders.records, `${name}.json`);
}

export function isAlive({ pid, startTicks }: Pick<ProcessRecord, 'pid' | 'startTicks'>): boolean {
  return startOf(pid) === startTicks;
}

/** When the process started, in ticks since boot; undefined when there is none or only its exit code is left. */
export function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses may itself have spaces and parentheses.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

async function stopProcess(record: ProcessRecord, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  const patience = signal === 'SIGKILL' ? 10_000 : 5_000;
  const deadline = Date.now() + patience;
  if (isAlive(record)) {
    signalAll(record.pid, signal);
  }
  while (isAlive(record)) {
    if (Date.now() > deadline) {
      if (signal === 'SIGKILL') {
        throw new Error(`${record.name} (pid ${record.pid}) is still there ${patience / 1000} s after SIGKILL.`);
      }
      return stopProcess(record, 'SIGKILL');
    }
    await setTimeout(20);
  }
}

/** Each process leads a group, so that what it forked ends with it; only a node's first one is in its parent's. */
function signalAll(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    process.kill(pid, signal);
  }
}

/** Waits until a check answers true; fails as soon as one of the processes that it depends on has ended. */
export async function waitUntil(
  what: string,
  check: () => Promise<boolean>,
  { processes, timeoutMs }: { readonly processes: readonly ProcessRecord[]; readonly timeoutMs: number },
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  let lastError = '';
  const isTrue = (): Promise<boolean> =>
    check().catch((error: unknown) => {
      lastError = `: ${String(error)}`;
      return false;
    });
  while (!(await isTrue())) {
    const dead = processes.find((record) => !isAlive(record));
    if (dead !== undefined) {
      throw new Error(`${dead.name} ended while waiting for ${what}. The end of ${dead.log}:\n${lastLines(dead.log)}`);
    }
    if (Date.now() > deadline) {
      const logs = processes.map(({ log }) => log).join(', ');
      throw new Error(`Waited ${timeoutMs / 1000} s for ${what}, in vain${lastError}. See ${logs}`);
    }
    await setTimeout(50);
  }
}

function lastLines(log: string, count = 20): string {
  return readFileSync(log, 'utf8').trimEnd().split('\n').slice(-count).join('\n');
}
