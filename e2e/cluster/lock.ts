/** One process at a time does something on this machine. The kernel frees the lock when its holder dies. */
import { createHash } from 'node:crypto';
import { createServer } from 'node:net';
import { setTimeout } from 'node:timers/promises';

export async function withLock<T>(path: string, action: () => Promise<T>): Promise<T> {
  // A socket in the abstract namespace: a name, and a short one, without a file.
  const name = `\0farled-test-cluster-${createHash('sha256').update(path).digest('hex').slice(0, 32)}`;
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
