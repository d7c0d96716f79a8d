/** The router: one port for all services. */
import { createLogger } from '@farled/service';

import { runInCluster } from './cluster/cluster-mode.ts';
import { routerConfig } from './config.ts';
import { runWithSocket } from './control/socket-mode.ts';

const config = routerConfig(process.env);
const log = createLogger('router', config.log === undefined ? {} : { file: config.log });

await (config.source === 'socket' ? runWithSocket(config, log) : runInCluster(config, log));
