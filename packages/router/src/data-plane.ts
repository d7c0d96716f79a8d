/** What a router is, wherever its table comes from: services, the proxy before them, and the port they are reached at. */
import { randomUUID } from 'node:crypto';

import type { RouterStatistics } from '@farled/contract';
import { type Logger, systemClock } from '@farled/service';

import { Deadlines } from './proxy/deadlines.ts';
import { Proxy } from './proxy/proxy.ts';
import { Refusals } from './refusals.ts';
import { ScoringServer } from './scoring-server.ts';
import { Services } from './services.ts';

export interface DataPlane {
  readonly services: Services;
  readonly refusals: Refusals;
  readonly server: ScoringServer;
  readonly statistics: (listening: RouterStatistics['listening']) => RouterStatistics;
}

/** `knowsAll`: whether a service that is not in the table does not exist. */
export function createDataPlane(log: Logger, knowsAll: () => boolean): DataPlane {
  const id = randomUUID();
  const startedAt = systemClock.now();
  const deadlines = new Deadlines(systemClock);
  const services = new Services({ clock: systemClock, deadlines, log, random: Math.random });
  const refusals = new Refusals();
  const proxy = new Proxy({
    services,
    refusals,
    knowsAll,
    clock: systemClock,
    deadlines,
    log,
  });
  return {
    services,
    refusals,
    server: new ScoringServer({ handler: proxy, clock: systemClock }),
    statistics: (listening) => ({
      id,
      startedAt,
      pid: process.pid,
      generation: services.generation,
      listening,
      services: [...services.all()].map((service) => service.statistics),
      endpoints: [...services.endpoints()].map((endpoint) => endpoint.statistics),
    }),
  };
}
