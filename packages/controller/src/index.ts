/** Makes the world match the record. */
export { inspectCluster } from './compute/kubernetes/inspect.ts';
export { recordedKubeconfig } from './compute/kubernetes/recorded-kubeconfig.ts';
export type { KubernetesParts } from './compute/kubernetes/open.ts';
export { registryMissing } from './compute/kubernetes/registry-missing.ts';
export { startController } from './controller.ts';
export type { Controller, ControllerParts } from './controller.ts';
export type { BuildRequest, BuiltEnvironment, Environments } from './environments/environments.ts';
export { createImages } from './images/directory.ts';
export { createEnvironments } from './environments/uv.ts';
export type { Image, ImageRequest, Images } from './images/images.ts';
export type { Router } from './routes/publisher.ts';
export { DEFAULT_LIMITS } from './service/reconcile.ts';
export type { ServiceLimits } from './service/reconcile.ts';
export { createProcessSubstrate } from './substrate/process/process-substrate.ts';
export type { ObservedReplica, ReplicaSpec, Substrate } from './substrate/substrate.ts';
