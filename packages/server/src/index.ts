/** The control plane's HTTP API. */
export { buildApp } from './app.ts';
export type { AppParts, Clusters, ManifestOptions } from './parts.ts';
