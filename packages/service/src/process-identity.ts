/** Tells a process from a later one that got its number. */
import { readFile } from 'node:fs/promises';

export interface ProcessIdentity {
  readonly pid: number;
  /** When it started, in the kernel's ticks since boot; null where the kernel doesn't tell (not Linux). */
  readonly startTicks: string | null;
}

export async function identifyProcess(pid: number): Promise<ProcessIdentity> {
  return { pid, startTicks: await startTicks(pid) };
}

/** Whether that very process still runs; a zombie does not. */
export async function isRunning({ pid, startTicks: known }: ProcessIdentity): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  const stat = await readStat(pid);
  if (stat === undefined) {
    return process.platform !== 'linux';
  }
  return stat.state !== 'Z' && (known === null || stat.startTicks === known);
}

async function startTicks(pid: number): Promise<string | null> {
  return (await readStat(pid))?.startTicks ?? null;
}

/** proc(5): the command, field 2, is in parentheses and may hold spaces; state is field 3, the start time field 22. */
async function readStat(pid: number): Promise<{ readonly state: string; readonly startTicks: string } | undefined> {
  let text: string;
  try {
    text = await readFile(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state, ticks] = [fields[0], fields[19]];
  return state === undefined || ticks === undefined ? undefined : { state, startTicks: ticks };
}
