/** What runs replicas. The reconciler knows this interface and nothing of processes or pods. */
import type { ReplicaAddress, ReplicaFailure } from '@farled/contract';

/** Everything a replica is made of; the same id always means the same spec. */
export interface ReplicaSpec {
  /** Unique for ever, chosen by the reconciler before anything is started, so that a start can be repeated. */
  readonly id: string;
  readonly service: { readonly id: string; readonly name: string; readonly workspace: string };
  /** Digest of all that follows: replicas of one revision are interchangeable. */
  readonly revision: string;
  /** The image: a folder that holds `azureml-models/` and the source folder. */
  readonly image: string;
  /** Absolute path of the source folder in the image. */
  readonly sourceDirectory: string;
  readonly entryScript: string;
  /** Absolute path, as AZUREML_MODEL_DIR. */
  readonly modelDirectory: string;
  /** Absolute path of the interpreter of the built environment. */
  readonly python: string;
  readonly environmentVariables: Readonly<Record<string, string>>;
  readonly scoringTimeoutMs: number;
  readonly maxConcurrentRequests: number;
  readonly cpu: number;
  readonly memoryLimitBytes: number;
  readonly liveness: {
    readonly periodSeconds: number;
    readonly initialDelaySeconds: number;
    readonly timeoutSeconds: number;
    readonly successThreshold: number;
    readonly failureThreshold: number;
  };
}

export interface ObservedReplica {
  readonly id: string;
  readonly serviceId: string;
  readonly revision: string;
  /**
   * starting: the process was asked for or runs, init() has not returned · ready: takes requests · unready: was ready
   * and doesn't answer its probe · draining: takes no new requests · exited: the process is gone, its folder is not.
   */
  readonly phase: 'starting' | 'ready' | 'unready' | 'draining' | 'exited';
  readonly address: ReplicaAddress;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly exit: ReplicaExit | null;
}

export interface ReplicaExit {
  /** Milliseconds since the epoch, as near as it is known. */
  readonly at: number;
  readonly code: number | null;
  readonly signal: string | null;
  /** True when it had been ready before. */
  readonly hadBeenReady: boolean;
  readonly failure: ReplicaFailure | null;
}

export interface Substrate extends AsyncDisposable {
  /** Every replica of the service that exists in any form, those of earlier runs of this program included. */
  observe(serviceId: string): Promise<readonly ObservedReplica[]>;
  /** Ids of all services that have a replica in any form. */
  services(): Promise<readonly string[]>;
  /** Starts a replica. A second call with the same id does nothing. */
  start(spec: ReplicaSpec): Promise<void>;
  /** Tells it to refuse new requests and finish the accepted ones; then it exits by itself. */
  drain(id: string): Promise<void>;
  /** Ends it: drains, waits up to `graceMs`, kills. Returns when the process is gone and its folder removed; logs stay. */
  remove(id: string, graceMs: number): Promise<void>;
  /** The last lines that the service's replicas wrote, oldest first. */
  logs(serviceId: string, lines: number): Promise<readonly string[]>;
  /** The last lines, then each line as it is written; ends with the signal. */
  followLogs(serviceId: string, lines: number, signal: AbortSignal): Promise<AsyncIterable<string>>;
  /** Removes the logs of a service that was deleted. */
  removeLogs(serviceId: string): Promise<void>;
  /** Ends everything that this substrate runs, each within `graceMs`; for a graceful stop of the whole. */
  removeAll(graceMs: number): Promise<void>;
}

/** Called when a replica of that service changed its phase. */
export type ReplicaChanged = (serviceId: string) => void;
