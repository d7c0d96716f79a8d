/** The control plane's HTTP API. */
export { buildApp } from './app.ts';
export type { AppParts } from './parts.ts';
