/**
 * Holds the workers to their memory limit: their resident memory together is looked at many times a second. A limit of
 * the address space would be sharper, but breaks libraries that reserve much and use little.
 */
import { readFile } from 'node:fs/promises';

import type { Clock } from '@farled/service';

export interface MemoryWatchParts {
  readonly pids: () => readonly number[];
  readonly limitBytes: number;
  readonly clock: Clock;
  /** Called once, with what the workers used. */
  readonly exceeded: (bytes: number) => void;
}

const EVERY_MS = 50;
const PAGE_BYTES = 4096;

export function watchMemory({ pids, limitBytes, clock, exceeded }: MemoryWatchParts): void {
  const look = async (): Promise<void> => {
    const used = (await Promise.all(pids().map(residentBytes))).reduce((sum, bytes) => sum + bytes, 0);
    if (used > limitBytes) {
      exceeded(used);
      return;
    }
    clock.after(EVERY_MS, () => void look());
  };
  void look();
}

/** proc(5), statm: the second field is resident pages. */
async function residentBytes(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/statm`, 'utf8').catch(() => '');
  return Number(text.split(' ')[1] ?? 0) * PAGE_BYTES;
}
