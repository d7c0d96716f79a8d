/** What a program costs: the time of a processor, of itself and what it started, from Linux's own books. */
import { readdir, readFile } from 'node:fs/promises';

/** Of a second: what the kernel counts in, on every platform that Node runs on. */
const TICKS = 100;

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly seconds: number;
}

async function read(pid: number): Promise<Process | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  if (stat === null) {
    return null;
  }
  // The name is in brackets and may have anything in it; numbers follow. proc(5): 4 is the parent, 14 and 15 the time.
  const fields = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const [, parent = 0] = fields;
  return { pid, parent, seconds: ((fields[11] ?? 0) + (fields[12] ?? 0)) / TICKS };
}

/** Seconds since their start. */
export async function cpuSeconds(root: number): Promise<number> {
  const pids = (await readdir('/proc')).map(Number).filter((pid) => Number.isInteger(pid));
  const all = (await Promise.all(pids.map(read))).filter((one) => one !== null);
  const family = new Set([root]);
  for (const { pid, parent } of all.toSorted((a, b) => a.pid - b.pid)) {
    if (family.has(parent)) {
      family.add(pid);
    }
  }
  return all.filter(({ pid }) => family.has(pid)).reduce((sum, { seconds }) => sum + seconds, 0);
}
