/** The Azure ML v1 SDK's classes, in TypeScript spelling, and a typed client of every route beneath them. */
export { AksCompute } from './aks-compute.ts';
export type { AttachOptions, ProvisioningOptions } from './aks-compute.ts';
export { AksEndpoint } from './aks-endpoint.ts';
export type {
  CreateVersionOptions,
  EndpointConfigurationParameters,
  RollOutOptions,
  UpdateEndpointOptions,
  UpdateVersionOptions,
} from './aks-endpoint.ts';
export type { AttachConfiguration, PlacementOptions, ProvisioningConfiguration } from './attach-configuration.ts';
export { createClient } from './client.ts';
export type { CallInput, Client, ClientOptions, UploadBody } from './client.ts';
export { systemClock } from './clock.ts';
export type { Clock } from './clock.ts';
export { ComputeTarget } from './compute.ts';
export { CondaDependencies } from './conda-dependencies.ts';
export { deployConfiguration, overlaySettings, settingsOf } from './deploy-configuration.ts';
export type { DeployConfigurationParameters, SettingParameters } from './deploy-configuration.ts';
export type {
  DeploymentConfiguration,
  EndpointConfiguration,
  ServiceConfiguration,
} from './documents/deployment-config.ts';
export { nearest } from './documents/nearest.ts';
export { Environment } from './environment.ts';
export { InferenceConfig } from './inference-config.ts';
export type { InferenceConfigOptions } from './inference-config.ts';
export { KubernetesCompute } from './kubernetes-compute.ts';
export type { KubernetesAttachOptions } from './kubernetes-compute.ts';
export { Model } from './model.ts';
export type { DeployOptions, ListModelsOptions, RegisterModelOptions, UpdateModelFields } from './model.ts';
export { ModelPackage } from './model-package.ts';
export type { PackageOptions } from './model-package.ts';
export { connect, findConnection } from './node/connect.ts';
export type { Connection } from './node/connect.ts';
export { readDeploymentConfig, readEnvironmentFolder, readInferenceConfig } from './node/read-documents.ts';
export { fileError, readDocument } from './node/read-file.ts';
export { readKubeconfig } from './node/read-kubeconfig.ts';
export type { KubeconfigPlace } from './node/read-kubeconfig.ts';
export { trustAuthority } from './node/trust-authority.ts';
export type { UploadProgress } from './node/upload.ts';
export { findWorkspaceConfig, writeWorkspaceConfig } from './node/workspace-config.ts';
export type { WorkspaceConfig } from './node/workspace-config.ts';
export { notSupportedYet } from './not-built.ts';
export { followOperation } from './operation.ts';
export type { FollowOptions } from './operation.ts';
export { readPages } from './pages.ts';
export type { SendOptions, ShowOutput, WaitOptions } from './show-output.ts';
export { AciWebservice, LocalWebservice } from './unbuilt-classes.ts';
export { AksWebservice, Webservice } from './webservice.ts';
export type { AccessToken } from './credentialed.ts';
export type { ListServicesOptions, UpdateServiceOptions } from './webservice.ts';
export { DEFAULT_SUBSCRIPTION, Workspace } from './workspace.ts';
export type { CreateWorkspaceOptions, UpdateWorkspaceFields, WorkspaceName } from './workspace.ts';
