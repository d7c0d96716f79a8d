/** Router processes of ours, and what they are told. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { RouteTable } from '@farled/contract';
import { createRouterControl, type RouterControl, routerEntry } from '@farled/router';

import { eventually, start } from '../harness/process.ts';

export interface Routers {
  readonly port: number;
  readonly pids: readonly number[];
  readonly controls: readonly RouterControl[];
}

export const KEY = 'bench-key-0123456789';
export const PATH = '/api/v1/service/bench/score';

/** `count` processes on one port. */
export async function startRouters(
  folder: string,
  name: string,
  count: number,
  ending: AsyncDisposableStack,
): Promise<Routers> {
  const [pids, controls]: [number[], RouterControl[]] = [[], []];
  let port = 0;
  for (let index = 0; index < count; index += 1) {
    const socket = join(folder, `${name}-${index}.sock`);
    const { child } = ending.use(
      start(process.execPath, [...process.execArgv, fileURLToPath(routerEntry)], {
        env: {
          ...process.env,
          FARLED_ROUTER_PORT: String(port),
          FARLED_ROUTER_PORT_USE: count === 1 ? 'alone' : index === 0 ? 'first' : 'beside',
          FARLED_ROUTER_CONTROL: socket,
          FARLED_ROUTER_TABLE: join(folder, `${name}-${index}.json`),
          FARLED_ROUTER_LOG: join(folder, `${name}-${index}.log`),
        },
      }),
    );
    const control = createRouterControl(socket);
    const { listening } = await eventually('The start of a router', () =>
      control.statistics(AbortSignal.timeout(1000)),
    );
    port = listening.port;
    pids.push(child.pid ?? 0);
    controls.push(control);
  }
  return { port, pids, controls };
}

export async function putTable({ controls }: Routers, table: RouteTable): Promise<void> {
  await Promise.all(controls.map((control) => control.putTable(table, AbortSignal.timeout(30_000))));
}

/** Of `count` services, one of which is what is measured. */
export function tableOf(count: number, replicas: readonly string[], generation = 1): RouteTable {
  return {
    generation,
    endpoints: [],
    services: Array.from({ length: count }, (_, index) => ({
      name: index === count >> 1 ? 'bench' : `service-${index}`,
      workspace: 'bench',
      keyDigests: [createHash('sha256').update(KEY).digest('hex')],
      tokens: null,
      maxConcurrentRequestsPerContainer: 100,
      maxQueueWaitMs: 5000,
      scoringTimeoutMs: 60_000,
      replicas: replicas.map((path, replica) => ({
        id: String(replica),
        revision: '1',
        address: { kind: 'unix', path },
      })),
      desiredReplicas: 2,
      scaling: '2 replicas as numReplicas says',
    })),
  };
}

/** The median of how long it takes until a table of so many services, new each time, is in use by all processes. */
export async function tableChangeMs(routers: Routers, replicas: readonly string[], count: number): Promise<number> {
  const rounds = 11;
  const took: number[] = [];
  const generation = Date.now();
  for (let round = 0; round < rounds; round += 1) {
    const table = tableOf(count, replicas, generation + round);
    const began = performance.now();
    await putTable(routers, table);
    took.push(performance.now() - began);
  }
  return took.toSorted((a, b) => a - b)[rounds >> 1] ?? Number.NaN;
}
