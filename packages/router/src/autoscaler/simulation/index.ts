/** The autoscaler without a cluster: what would become of a trace under the router's law, and under others. */
export type { ScalerOf, SimulationSettings } from './scaler.ts';
export { clairvoyant } from './scalers/clairvoyant.ts';
export { compatible } from './scalers/compatible.ts';
export { horizontal } from './scalers/horizontal.ts';
export { knative } from './scalers/knative.ts';
export { simulate } from './simulate.ts';
export type { Outcome } from './simulate.ts';
export type { Trace } from './trace.ts';
export { traces } from './traces.ts';
