/**
 * What it takes to keep a thousand services with three thousand replicas on a Kubernetes. The cluster is real and its
 * nodes are simulated: KWOK says of pods what a kubelet would, so that what is measured is Farled and not containers.
 */
import { setTimeout as sleep } from 'node:timers/promises';

import { attachCluster, startCluster } from '../../e2e/cluster/cluster.ts';
import { temporaryFolder } from '../../e2e/harness/sample.ts';
import { COMPUTE, startAttached } from '../../e2e/kubernetes/server.ts';
import { changeVisibleSeconds, idleCpuPercent, listP99Ms, type Measured, restsAfterMs } from './measure.ts';
import { machineLoad, residentMB } from './process-usage.ts';
import { type Figures, print } from './report.ts';
import { deployMany, REPLICAS } from './services.ts';
import { simulatePlaces } from './simulated.ts';

/** One of its own: others' clusters have real nodes to lose. */
const CLUSTER = 6;
const SERVICES = 1000;
const IDLE_SECONDS = 60;

const json = process.argv.includes('--json');
const tell = (line: string): void => void process.stderr.write(`${line}\n`);

await using ending = new AsyncDisposableStack();
const folder = ending.use(await temporaryFolder());
const present = await attachCluster(CLUSTER);
const cluster = present ?? (await startCluster({ number: CLUSTER, report: tell }));
if (present === undefined) {
  ending.defer(() => cluster.down());
}
const { server } = ending.use(await startAttached(cluster));
const { workspace } = server;
const pid = (): number => server.process().pid ?? 0;
ending.use(await simulatePlaces(cluster, SERVICES * REPLICAS));
const measured: Measured = { cluster, workspace, pid, services: SERVICES };

const began = performance.now();
await deployMany(workspace, {
  folder: folder.path,
  compute: COMPUTE,
  count: SERVICES,
  deployed: (count) => tell(`${count} services are recorded`),
});
await restsAfterMs(measured);
const populateSeconds = (performance.now() - began) / 1000;
tell(`All of them are Healthy after ${populateSeconds.toFixed(0)} s`);

const loads: Partial<Record<keyof Figures, number>> = {};
async function figure(name: keyof Figures, take: () => Promise<number>): Promise<number> {
  const value = await take();
  loads[name] = await machineLoad();
  tell(`${name} ${value.toFixed(2)} (load ${loads[name]})`);
  return value;
}
await sleep(IDLE_SECONDS * 1000);
const figures: Figures = {
  residentMB: await figure('residentMB', () => residentMB(pid())),
  idleCpuPercent: await figure('idleCpuPercent', () => idleCpuPercent(measured, IDLE_SECONDS)),
  changeVisibleSeconds: await figure('changeVisibleSeconds', () => changeVisibleSeconds(measured)),
  listP99Ms: await figure('listP99Ms', () => listP99Ms(measured)),
  restartToSteadySeconds: await figure('restartToSteadySeconds', async () => {
    await server.kill();
    const restarted = performance.now();
    await server.restart();
    const serving = performance.now();
    return (serving - restarted + (await restsAfterMs(measured))) / 1000;
  }),
};
print(figures, {
  json,
  services: SERVICES,
  replicas: SERVICES * REPLICAS,
  populateSeconds,
  loads: loads as Record<keyof Figures, number>,
});
