/** How many replicas a service should have, and what would become of recorded load. */
export { DecisionLog } from './decision-log.ts';
export type { Looked } from './decision-log.ts';
export { demand } from './demand.ts';
export type { Demand } from './demand.ts';
export { look } from './look.ts';
export type { Scaled } from './look.ts';
export type { LawName, ScalingSettings } from './laws/law.ts';
export type { ScalerOf, SimulationSettings } from './simulation/scaler.ts';
export { clairvoyant } from './simulation/scalers/clairvoyant.ts';
export { horizontal } from './simulation/scalers/horizontal.ts';
export { knative } from './simulation/scalers/knative.ts';
export { production } from './simulation/scalers/production.ts';
export { readTrace } from './simulation/read-trace.ts';
export { simulate } from './simulation/simulate.ts';
export type { Outcome } from './simulation/simulate.ts';
export type { Trace } from './simulation/trace.ts';
export { generatedTrace, GENERATED_TRACES, traces } from './simulation/traces.ts';
