/** What a process takes, as Linux counts it. */
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** Of the kernel's clock that processes' times are counted in; the same on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;
const KB_PER_MB = 1024;

export async function residentMB(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / KB_PER_MB;
}

/** User and system together. */
export async function cpuSeconds(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  // The name, in parentheses, may have blanks in it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** Ran, or would have run if a core had been free: on a busy machine, who is kept waiting is not idle. */
export async function wantedSeconds(pid: number): Promise<number> {
  const [ran = '0', waited = '0'] = (await readFile(`/proc/${pid}/schedstat`, 'utf8')).split(' ');
  return (Number(ran) + Number(waited)) / 1e9;
}

/** Per cent of one core, over so many seconds from now. */
export async function cpuPercent(pid: number, seconds: number): Promise<number> {
  const [before, began] = [await cpuSeconds(pid), performance.now()];
  await sleep(seconds * 1000);
  return ((await cpuSeconds(pid)) - before) / ((performance.now() - began) / 100_000);
}

/** How many processes of the machine want a core, over the last minute: figures of a busy machine are to be doubted. */
export async function machineLoad(): Promise<number> {
  return Number((await readFile('/proc/loadavg', 'utf8')).split(' ')[0]);
}
