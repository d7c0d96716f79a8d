/** The REST API of Azure ML v1, as azureml-core speaks it. */
export { buildCompatibleApp } from './app.ts';
export type { CompatibleAppOptions } from './app.ts';
export { listedRoutes, renderCoverage } from './coverage.ts';
export type { CompatibleParts } from './parts.ts';
export { openTls } from './tls/open-tls.ts';
export type { Tls } from './tls/open-tls.ts';
