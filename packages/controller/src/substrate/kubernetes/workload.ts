/** Everything that a cluster is told of one service: what the manifests are made from. */
import type { Placement, ServiceSettings, TokenCheck } from '@farled/contract';

export interface Workload {
  readonly service: {
    /** UUID in the record. */
    readonly id: string;
    readonly name: string;
    /** Name of its workspace. */
    readonly workspace: string;
  };
  /** Id of this Farled: several may share a cluster. */
  readonly installation: string;
  readonly namespace: string;
  /** Of the pods, by `templateRevision`. */
  readonly revision: string;
  /** `host/repository@sha256:...` */
  readonly image: string;
  /** Name of the Secret in the namespace that opens the registry; null when it is open. */
  readonly pullSecret: string | null;
  /** The user's; they may be secret. */
  readonly environmentVariables: Readonly<Record<string, string>>;
  readonly settings: ServiceSettings;
  /** What the runtime needs to find its way in the image: AZUREML_ENTRY_SCRIPT, AZUREML_MODEL_DIR, ... */
  readonly runtimeVariables: Readonly<Record<string, string>>;
  /** Hexadecimal SHA-256 of each key that is let in; null when the service is open to all. */
  readonly keyDigests: readonly string[] | null;
  /** Which tokens are let in beside the keys; null: none. */
  readonly tokens: TokenCheck | null;
  /** Where pods may go; of the compute target. */
  readonly placement: Placement;
  /** Architectures that the image is for, as nodes name them (`amd64`); empty: any. */
  readonly architecture: readonly string[];
}

/** What the pods are made from: everything but what is told of them. */
export type PodSource = Omit<Workload, 'revision' | 'keyDigests' | 'tokens'>;
