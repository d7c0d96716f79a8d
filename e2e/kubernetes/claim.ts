/** A cluster serves one Farled at a time, so the tests that attach it go one after another, in whichever process. */
import { createServer, type Server } from 'node:net';

import { systemClock } from '@farled/service';

import type { Cluster } from '../cluster/cluster.ts';
import { installationIn, sweep } from './objects.ts';

/** Waits until no other test has the cluster. The kernel frees it when its holder dies. */
export async function claimCluster(cluster: Cluster): Promise<AsyncDisposable> {
  // A socket in the abstract namespace: a name without a file.
  const name = `\0attached ${cluster.kubeconfig}`;
  let claim = await take(name);
  while (claim === undefined) {
    await systemClock.sleep(200);
    claim = await take(name);
  }
  const held = claim;
  await sweepLeft(cluster);
  return {
    [Symbol.asyncDispose]: async () => {
      try {
        await sweepLeft(cluster);
      } finally {
        held.close();
      }
    },
  };
}

/** A test that failed in the midst of something, or was killed, must not take those after it along. */
async function sweepLeft(cluster: Cluster): Promise<void> {
  // In somebody else's cluster it may be somebody else's Farled.
  const left = isExternal(process.env) ? undefined : await installationIn(cluster);
  if (left !== undefined) {
    await sweep(cluster, left);
  }
}

/** Whether the tests run on a cluster that was there before them. */
export function isExternal(environment: NodeJS.ProcessEnv): boolean {
  return [environment['FARLED_TEST_KUBECONFIG'], environment['KUBECONFIG']].some(Boolean);
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
