/** Farled on one machine: server, controller, router and replicas, zero configuration. */
export { standaloneConfig } from './config.ts';
export type { StandaloneConfig } from './config.ts';
export { runningServer } from './server-info.ts';
export { startStandalone } from './standalone.ts';
export type { Standalone } from './standalone.ts';
export { stopHome } from './stop.ts';
