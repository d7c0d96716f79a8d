/** Ends the server of a home, and with it its routers and replicas; also what a server that was killed left running. */
import { join } from 'node:path';

import { createProcessSubstrate } from '@farled/controller';
import { createRouterControl } from '@farled/router';
import { isRunning, silentLogger, systemClock } from '@farled/service';

import { runFolder } from './home.ts';
import { routerProcesses } from './router-file.ts';
import { runningServer } from './server-info.ts';

const GRACE_MS = 10_000;

/** True when something ran. */
export async function stopHome(home: string): Promise<boolean> {
  const server = await runningServer(home);
  if (server !== undefined) {
    process.kill(server.pid, 'SIGTERM');
    for (let waited = 0; waited < 3 * GRACE_MS && (await isRunning(server)); waited += 50) {
      await systemClock.sleep(50);
    }
  }
  return (await stopLeftovers(home)) || server !== undefined;
}

async function stopLeftovers(home: string): Promise<boolean> {
  const run = runFolder(home);
  const routers: Awaited<ReturnType<typeof routerProcesses>> = [];
  for (const router of await routerProcesses(run)) {
    if (await isRunning(router)) {
      routers.push(router);
    }
  }
  await Promise.all(
    routers.map(({ pid, control }) =>
      createRouterControl(control)
        .drain(AbortSignal.timeout(2000))
        .catch(() => process.kill(pid, 'SIGKILL')),
    ),
  );
  await using substrate = await createProcessSubstrate({
    runFolder: run,
    logsFolder: join(home, 'logs'),
    runtimeEntry: '',
    nodeArguments: [],
    clock: systemClock,
    log: silentLogger,
    changed: () => {},
  });
  const services = await substrate.services();
  await substrate.removeAll(GRACE_MS);
  return routers.length > 0 || services.length > 0;
}
