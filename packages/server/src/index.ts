/** The control plane's HTTP API. */
export { createApi } from './api.ts';
export type { Api } from './api.ts';
export { buildApp } from './app.ts';
export { toErrorBody } from './errors.ts';
export { goneSignal } from './gone-signal.ts';
export type { RequestContext } from './handler.ts';
export type { AppParts, Clusters, ManifestOptions } from './parts.ts';
export { askedByModels } from './service-spec.ts';
