/** A cluster serves one Farled at a time, so the tests that attach it go one after another, in whichever process. */
import { createServer, type Server } from 'node:net';

import { systemClock } from '@farled/service';

import type { Cluster } from '../cluster/cluster.ts';

/** Waits until no other test has the cluster. The kernel frees it when its holder dies. */
export async function claimCluster({ kubeconfig }: Pick<Cluster, 'kubeconfig'>): Promise<AsyncDisposable> {
  // A socket in the abstract namespace: a name without a file.
  const name = `\0attached ${kubeconfig}`;
  let claim = await take(name);
  while (claim === undefined) {
    await systemClock.sleep(200);
    claim = await take(name);
  }
  const held = claim;
  return {
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        held.close(() => resolve());
      }),
  };
}

function take(name: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('listening', () => resolve(server));
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
