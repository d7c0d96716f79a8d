/** Runs a program line by line, in a process group of its own that ends with it. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

import type { Clock } from '@farled/service';

export interface ChildRequest {
  readonly command: string;
  readonly arguments: readonly string[];
  readonly folder?: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Every line of standard output and standard error. */
  readonly tell: (line: string) => void;
  /** Told the process's number as soon as it has one. */
  readonly started?: (pid: number) => Promise<void>;
  readonly signal: AbortSignal;
  readonly clock: Clock;
}

/** What a program is given to end by itself when it is stopped. */
const END_MS = 2000;

/** The exit code; null when a signal ended it. Rejects when it can't be started, or with the signal's reason. */
export async function runChild(request: ChildRequest): Promise<number | null> {
  const { signal, clock } = request;
  signal.throwIfAborted();
  const child = spawn(request.command, request.arguments, {
    cwd: request.folder,
    env: request.environment,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  ended.catch(() => {});
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream, crlfDelay: Infinity }).on('line', request.tell);
  }
  let cancelKill = (): void => {};
  const stop = (): void => {
    endGroup(child.pid, 'SIGTERM');
    cancelKill = clock.after(END_MS, () => endGroup(child.pid, 'SIGKILL'));
  };
  signal.addEventListener('abort', stop, { once: true });
  try {
    if (child.pid !== undefined) {
      await request.started?.(child.pid);
    }
    const code = await ended;
    signal.throwIfAborted();
    return code;
  } finally {
    signal.removeEventListener('abort', stop);
    cancelKill();
    endGroup(child.pid, 'SIGKILL');
  }
}

/** Signals a process group; one that is gone is fine. */
export function endGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) {
    return;
  }
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') {
      throw error;
    }
  }
}
