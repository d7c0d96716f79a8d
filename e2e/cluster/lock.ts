/** One process at a time brings a cluster up or down. The kernel frees the lock when its holder dies. */
import { createServer } from 'node:net';
import { setTimeout } from 'node:timers/promises';

import type { Layout } from './layout.ts';

export async function withLock<T>(layout: Layout, action: () => Promise<T>): Promise<T> {
  // A socket in the abstract namespace: a name without a file.
  const name = `\0${layout.folder}`;
  let unlock = await take(name);
  while (unlock === undefined) {
    await setTimeout(100);
    unlock = await take(name);
  }
  try {
    return await action();
  } finally {
    unlock();
  }
}

/** What gives the lock back; undefined while another process has it. */
function take(name: string): Promise<(() => void) | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('listening', () => resolve(() => server.close()));
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') {
        resolve(undefined);
      } else {
        reject(error);
      }
    });
    server.listen(name);
  });
}
