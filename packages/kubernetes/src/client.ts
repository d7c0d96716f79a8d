/** Talks to the API server of one cluster. */
import type { Kind } from './kinds.ts';
import type { KubernetesObject } from './objects.ts';
import type { WatchEvent } from './watch-events.ts';

export interface ObjectKey {
  readonly name: string;
  /** Absent for kinds without namespaces. */
  readonly namespace?: string | undefined;
}

export interface ListOptions {
  /** Absent: all namespaces. */
  readonly namespace?: string | undefined;
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
}

/** All objects as they were at one moment, which a watch can go on from. */
export interface ObjectList<Kept> {
  readonly items: Kept[];
  readonly resourceVersion: string;
}

export interface WatchOptions extends ListOptions {
  /** Changes after this one. */
  readonly resourceVersion: string;
  /** After this time the API server ends the watch by itself. */
  readonly timeoutSeconds: number;
}

export interface LogOptions {
  readonly container?: string;
  readonly tailLines?: number;
  readonly previous?: boolean;
  readonly follow?: boolean;
  readonly timestamps?: boolean;
  /** Lines from this second on; an ISO 8601 time. */
  readonly sinceTime?: string;
}

interface DeleteOptions {
  /** Of a pod: seconds that it may take to end, in place of those that its spec gives it. */
  readonly gracePeriodSeconds?: number;
}

/** One action that must be allowed, as a SelfSubjectAccessReview asks for it. */
export interface Permission {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly namespace?: string;
}

/**
 * Every method throws a KubernetesError: the API server's Status, or that it can't be reached. Answers of 429, and
 * failures that say that nothing was done, are repeated within the method's deadline with growing delay.
 */
export interface KubernetesClient extends AsyncDisposable {
  /** Base address of the API server. */
  readonly server: string;
  version(
    signal: AbortSignal,
  ): Promise<{ readonly major: number; readonly minor: number; readonly gitVersion: string }>;
  /** Undefined when there is none. */
  get<Read extends KubernetesObject>(kind: Kind<Read>, key: ObjectKey, signal: AbortSignal): Promise<Read | undefined>;
  list<Read extends KubernetesObject>(kind: Kind<Read>, options: ListOptions, signal: AbortSignal): Promise<Read[]>;
  /** As `list`, with the version; of each object only what `keep` returns is kept, from the arrival of its page on. */
  listAt<Read extends KubernetesObject, Kept>(
    kind: Kind<Read>,
    options: ListOptions,
    keep: (object: Read) => Kept,
    signal: AbortSignal,
  ): Promise<ObjectList<Kept>>;
  /**
   * Resolves once the watch is up. The events end when the API server ends the watch; they throw when it breaks, when
   * nothing at all arrives for longer than it may last, or when the API server says why (Expired: list again).
   */
  watch<Read extends KubernetesObject>(
    kind: Kind<Read>,
    options: WatchOptions,
    signal: AbortSignal,
  ): Promise<AsyncIterable<WatchEvent<Read>>>;
  /**
   * Server-side apply, as the field manager `farled`. Fields that others own and ours differ from are taken over: what
   * is not ours is not named.
   */
  apply<Read extends KubernetesObject>(kind: Kind<Read>, object: Read, signal: AbortSignal): Promise<Read>;
  /** Fails with reason AlreadyExists when there is one. */
  create<Read extends KubernetesObject>(kind: Kind<Read>, object: Read, signal: AbortSignal): Promise<Read>;
  /** PUT: fails with reason Conflict when its resourceVersion is not the current one. */
  replace<Read extends KubernetesObject>(kind: Kind<Read>, object: Read, signal: AbortSignal): Promise<Read>;
  /** JSON merge patch, of a subresource when one is named. */
  patch<Read extends KubernetesObject>(
    kind: Kind<Read>,
    key: ObjectKey,
    change: unknown,
    signal: AbortSignal,
    subresource?: string,
  ): Promise<Read>;
  /** What is gone already is no error. */
  delete(kind: Kind, key: ObjectKey, signal: AbortSignal, options?: DeleteOptions): Promise<void>;
  /** Lines of a container's log; ends when the log does, or, following, when the signal aborts. */
  logs(pod: Required<ObjectKey>, options: LogOptions, signal: AbortSignal): AsyncIterable<string>;
  /** Those of the permissions that the credential lacks. */
  missing(permissions: readonly Permission[], signal: AbortSignal): Promise<readonly Permission[]>;
}
