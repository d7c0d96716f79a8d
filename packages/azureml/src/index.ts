/** The REST API of Azure ML v1, as azureml-core speaks it. */
export { buildCompatibleApp } from './app.ts';
export type { CompatibleAppOptions } from './app.ts';
export { listedRoutes, renderCoverage } from './coverage.ts';
export type { CompatibleParts } from './parts.ts';
export { PROXIED_NAMES, PROXIED_URL } from './proxy/azure-hosts.ts';
export { openAzureProxy } from './proxy/open-proxy.ts';
export { openTls } from './tls/open-tls.ts';
export type { Tls } from './tls/open-tls.ts';
