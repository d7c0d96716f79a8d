/** The router of one machine: who runs it pushes the route table over a socket, and tells it when to end. */
import { type Logger, systemClock as clock } from '@farled/service';

import type { SocketConfig } from '../config.ts';
import { createDataPlane } from '../data-plane.ts';
import { drain } from '../drain.ts';
import { readTable, writeTable } from '../table-file.ts';
import { listenControl } from './server.ts';
import { startSuccessor } from './successor.ts';

/** Who pushes the table is who deploys: nothing exists that is not in it. */
const KNOWS_ALL = (): boolean => true;

export async function runWithSocket(config: SocketConfig, log: Logger): Promise<void> {
  const { services, refusals, server, statistics } = await createDataPlane({ ...config, knowsAll: KNOWS_ALL, log });
  const kept = await readTable(config.table);
  if (kept !== undefined) {
    services.apply(kept);
  }
  const listening = await server.listen(config.port, config.host, config.portUse);
  const end = (): void => {
    control.close();
    services.close();
  };
  const drainAtOnce = (): void => {
    log.info('Router drains');
    void server.close().then(end);
  };
  const control = await listenControl(config.control, {
    setTable: async (table) => {
      if (services.apply(table)) {
        await writeTable(config.table, table);
      }
    },
    statistics: () => statistics(listening),
    drain: drainAtOnce,
    leave: () => void drain({ server, services, drainMs: 0, clock, log }).then(end),
    succeed: (path) => startSuccessor(server.descriptor, path),
    findRefusal: (requestId) => refusals.find(requestId),
  });
  log.info({ ...listening, generation: services.generation }, 'Router listens');
  process.on('SIGTERM', drainAtOnce);
  // Of the terminal that started the server: the server decides what ends.
  process.on('SIGINT', () => {});
}
