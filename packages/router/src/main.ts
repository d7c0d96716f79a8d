/** The router: one port for all services. */
import { createLogger } from '@farled/service';

import { routerConfig } from './config.ts';
import { runWithSocket } from './control/socket-mode.ts';

const config = routerConfig(process.env);
const log = createLogger('router', config.log === undefined ? {} : { file: config.log });

if (config.source === 'socket') {
  await runWithSocket(config, log);
} else {
  const { runInCluster } = await import('./cluster/cluster-mode.ts');
  await runInCluster(config, log);
}
