import { setTimeout as sleep } from 'node:timers/promises';

/** What keeping many services takes, once all of them are there. */
import { routes } from '@farled/contract';
import { AksWebservice, type Workspace } from '@farled/sdk';

import type { Cluster } from '../../e2e/cluster/cluster.ts';
import { until } from '../../e2e/harness/until.ts';
import { countWrites } from './api-writes.ts';
import { cpuPercent, wantedSeconds } from './process-usage.ts';
import { countHealthy, nameOf, REPLICAS } from './services.ts';

const LIST_REQUESTS = 500;
const LIST_PAGE = 100;
const CHANGES = 5;
const PATIENCE_MS = 20 * 60_000;

export interface Measured {
  readonly cluster: Cluster;
  readonly workspace: Workspace;
  readonly pid: () => number;
  readonly services: number;
}

/** While its first thread wants less of a core, nothing is being worked through any more. */
const CALM_PERCENT = 25;
const CALM_WINDOWS = 4;
const WINDOW_MS = 500;

/**
 * Milliseconds until the server has come to rest, counted to when its rest began: every service answers Healthy,
 * nothing is being worked through, and nothing was written to the cluster meanwhile.
 */
export async function restsAfterMs({ cluster, workspace, pid, services }: Measured): Promise<number> {
  const began = performance.now();
  for (;;) {
    const restedSince = await calmSince(pid());
    const writes = await countWrites(cluster);
    const healthy = await countHealthy(workspace);
    if (healthy === services) {
      await sleep(WINDOW_MS);
      if ((await countWrites(cluster)) === writes) {
        return restedSince - began;
      }
    }
    if (performance.now() - began > PATIENCE_MS) {
      throw new Error(`Only ${healthy} of ${services} services are Healthy after ${PATIENCE_MS / 60_000} minutes.`);
    }
  }
}

async function calmSince(pid: number): Promise<number> {
  let since = performance.now();
  for (let calm = 0; calm < CALM_WINDOWS;) {
    const [before, began] = [await wantedSeconds(pid), performance.now()];
    await sleep(WINDOW_MS);
    const percent = ((await wantedSeconds(pid)) - before) / ((performance.now() - began) / 100_000);
    calm = percent < CALM_PERCENT ? calm + 1 : 0;
    if (calm === 0) {
      since = performance.now();
    }
  }
  return since;
}

/** Seconds from the request until the cluster's own object shows it; the median of some. */
export async function changeVisibleSeconds({ cluster, workspace, services }: Measured): Promise<number> {
  const seconds: number[] = [];
  for (let index = 1; index <= CHANGES; index += 1) {
    const name = nameOf(Math.ceil((services * index) / (CHANGES + 1)));
    const service = (await AksWebservice.get(workspace, name)) as AksWebservice;
    const replicas = REPLICAS + 1;
    const began = performance.now();
    await service.update({ numReplicas: replicas });
    await until(`the Deployment of ${name} has ${replicas} replicas`, async () => {
      const shown = await cluster.kubectl(['get', 'deployment', name, '--output=jsonpath={.spec.replicas}']);
      return shown === String(replicas);
    });
    seconds.push((performance.now() - began) / 1000);
    await service.waitForDeployment();
    await service.update({ numReplicas: REPLICAS });
    await service.waitForDeployment();
  }
  return quantile(seconds, 0.5);
}

/** Milliseconds that 99 of 100 pages of a list take at most, from request to parsed answer. */
export async function listP99Ms({ workspace: { client, path: params } }: Measured): Promise<number> {
  const times: number[] = [];
  let skipToken: string | undefined;
  while (times.length < LIST_REQUESTS) {
    const began = performance.now();
    const page = await client.call(routes.services.list, { params, query: { count: LIST_PAGE, skipToken } });
    times.push(performance.now() - began);
    ({ skipToken } = page);
  }
  return quantile(times, 0.99);
}

export function idleCpuPercent({ pid }: Measured, seconds: number): Promise<number> {
  return cpuPercent(pid(), seconds);
}

function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}
