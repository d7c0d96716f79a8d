/** A copy of a set of objects that follows the API server: list, watch, resume, and list again when it must. */
import type { KubernetesObject } from './objects.ts';

export interface Informer<Read extends KubernetesObject> extends AsyncDisposable {
  /** Resolves once the first list is in; rejects with the signal's reason. */
  synced(signal: AbortSignal): Promise<void>;
  /** True while the watch is up, so that the copy is current but for the moment. */
  readonly current: boolean;
  get(namespace: string | undefined, name: string): Read | undefined;
  all(): Iterable<Read>;
  readonly size: number;
}

/** `before` is undefined for a new object, `after` for one that is gone. */
export type ObjectChanged<Read extends KubernetesObject> = (before: Read | undefined, after: Read | undefined) => void;
