/** Ends the server of a home, and with it its router and replicas; also what a server that was killed left running. */
import { join } from 'node:path';

import { createProcessSubstrate } from '@farled/controller';
import { createRouterControl } from '@farled/router';
import { isRunning, readJsonFile, silentLogger, systemClock } from '@farled/service';

import { runFolder } from './home.ts';
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
  const router = (await readJsonFile(join(run, 'router.json'))) as
    | { pid: number; startTicks: string | null }
    | undefined;
  const routerRuns = router !== undefined && (await isRunning(router));
  if (routerRuns) {
    await createRouterControl(join(run, 'router.sock'))
      .drain(AbortSignal.timeout(2000))
      .catch(() => process.kill(router.pid, 'SIGKILL'));
  }
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
  return routerRuns || services.length > 0;
}
