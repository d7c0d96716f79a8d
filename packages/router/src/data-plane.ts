/** What a router is, wherever its table comes from: services, the proxy before them, and the port they are reached at. */
import { randomUUID } from 'node:crypto';

import type { RouterStatistics } from '@farled/contract';
import { type Logger, systemClock } from '@farled/service';

import { Deadlines } from './proxy/deadlines.ts';
import { Proxy } from './proxy/proxy.ts';
import { Refusals } from './refusals.ts';
import { ScoringServer } from './scoring-server.ts';
import { Services } from './services.ts';
import { type CertificateFile, CertificateFiles } from './tls/certificate-files.ts';

export interface DataPlane {
  readonly services: Services;
  readonly refusals: Refusals;
  readonly server: ScoringServer;
  readonly statistics: (listening: RouterStatistics['listening']) => RouterStatistics;
}

export interface DataPlaneParts {
  /** Whether a service that is not in the table does not exist. */
  readonly knowsAll: () => boolean;
  /** Of the port, to speak TLS there; none: HTTP in the clear. */
  readonly certificates: readonly CertificateFile[];
  readonly log: Logger;
}

/** @throws FarledError BadArgument when a certificate can't be used. */
export async function createDataPlane({ knowsAll, certificates: files, log }: DataPlaneParts): Promise<DataPlane> {
  const certificates = files.length === 0 ? undefined : await CertificateFiles.open({ files, clock: systemClock, log });
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
    server: new ScoringServer({ handler: proxy, clock: systemClock, certificates }),
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
