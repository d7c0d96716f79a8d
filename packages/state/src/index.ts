/** The durable record, and the bytes it refers to. */
export type { ArtifactStore, ByteRange } from './artifacts/artifact-store.ts';
export { openDirectoryArtifacts } from './artifacts/directory.ts';
export { digestOf } from './canonical-json.ts';
export type { ChangeListener, Changes } from './changes.ts';
export type { DatabaseOptions } from './database.ts';
export { changeTags } from './labels.ts';
export { nearestNames } from './nearest.ts';
export type {
  Change,
  ComputeRecord,
  GoodImage,
  GoodSpec,
  LegacyImageRecord,
  IdentityRecord,
  LoginKeys,
  LoginRecord,
  ConnectedCluster,
  EndpointChange,
  EndpointRecord,
  ModelFilter,
  NewCluster,
  NewCompute,
  NewEndpoint,
  NewOperation,
  NewService,
  OperationRecord,
  PackageRecord,
  PackageResult,
  RolloutRecord,
  ServiceChange,
  ServiceFilter,
  ServiceRecord,
  ServiceSpec,
  ServiceStatus,
  Sharing,
  SigningKeyRecord,
  StagedFile,
  StagedFileContent,
  WorkspaceRecord,
} from './records.ts';
export type { Page, PageRequest } from './skip-tokens.ts';
export { openState } from './state.ts';
export type { State, StateOptions, Stores } from './state.ts';
export type { IdentityStore } from './stores/identities.ts';
export type { LoginStore } from './stores/logins.ts';
export { alreadyUploaded } from './stores/staged-files.ts';
export type { SigningKeyStore } from './stores/signing-keys.ts';
