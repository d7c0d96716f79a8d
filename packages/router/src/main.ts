/** The router: one port for all services, one socket for those who run it. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { createLogger, systemClock } from '@farled/service';

import { routerConfig } from './config.ts';
import { listenControl } from './control/server.ts';
import { Proxy } from './proxy/proxy.ts';
import { Refusals } from './refusals.ts';
import { Services } from './services.ts';
import { readTable, writeTable } from './table-file.ts';

const config = routerConfig(process.env);
const log = createLogger('router', config.log === undefined ? {} : { file: config.log });
const services = new Services(systemClock);
const refusals = new Refusals();
const proxy = new Proxy({ services, refusals, clock: systemClock });

const server = createServer({ keepAliveTimeout: 75_000, requestTimeout: 0 }, (request, response) => {
  proxy.answer(request, response).catch((error: unknown) => {
    log.error({ err: error }, 'Request failed');
    if (response.headersSent) {
      response.destroy();
    } else {
      response.writeHead(500, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ message: 'The router failed to answer this request. The cause is in its log.' }));
    }
  });
});

const kept = await readTable(config.table);
if (kept !== undefined) {
  services.apply(kept);
}
await new Promise<void>((resolve, reject) => {
  server.once('error', reject);
  server.listen(config.port, config.host, resolve);
});
const { address: host, port } = server.address() as AddressInfo;

const control = await listenControl(config.control, {
  setTable: async (table) => {
    if (services.apply(table)) {
      await writeTable(config.table, table);
    }
  },
  statistics: () => ({
    pid: process.pid,
    generation: services.generation,
    listening: { host, port },
    services: [...services.all()].map((service) => service.statistics),
  }),
  drain,
  findRefusal: (requestId) => refusals.find(requestId),
});
log.info({ host, port, generation: services.generation }, 'Router listens');

process.on('SIGTERM', drain);
// Of the terminal that started the server: the server decides what ends.
process.on('SIGINT', () => {});

/** Stops listening; the process ends when the last request has been answered. */
function drain(): void {
  log.info('Router drains');
  server.close(() => {
    control.close();
    for (const service of services.all()) {
      service.close();
    }
  });
  server.closeIdleConnections();
}
