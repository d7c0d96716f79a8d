/** The data plane, for those who start it and tell it where replicas are. */
export { createRouterControl } from './control/client.ts';
export type { RouterControl } from './control/client.ts';

/** The program to start: a file of this package, run by Node. */
export const routerEntry = new URL(import.meta.url.endsWith('.ts') ? './main.ts' : './main.js', import.meta.url);
