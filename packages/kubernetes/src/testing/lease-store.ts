/** Leases as an API server keeps them, for candidates whose way to it may be cut. */
import type { KubernetesClient } from '../client.ts';
import { KubernetesError } from '../error.ts';
import type { Kind } from '../kinds.ts';
import type { KubernetesObject, Lease } from '../objects.ts';

/** What happens to a candidate's calls. */
export type Way =
  | 'open'
  /** Nothing arrives, and nothing is refused either. */
  | 'hanging'
  | 'refused'
  /** Writes are carried out, and their answers are lost. */
  | 'deaf';

export class LeaseStore {
  lease: Lease | undefined;
  #version = 0;

  client(way: () => Way): Pick<KubernetesClient, 'get' | 'create' | 'replace'> {
    const through = async <Result>(signal: AbortSignal, act: () => Result): Promise<Result> => {
      signal.throwIfAborted();
      switch (way()) {
        case 'open':
          return act();
        case 'refused':
          throw new KubernetesError('Unreachable', 'refused');
        case 'hanging':
          return hang(signal);
        case 'deaf':
          act();
          return hang(signal);
      }
    };
    return {
      get: <Read extends KubernetesObject>(_kind: Kind<Read>, _key: unknown, signal: AbortSignal) =>
        // The answer to a question that is lost changes nothing.
        way() === 'deaf'
          ? Promise.resolve(this.lease as Read | undefined)
          : through(signal, () => this.lease as unknown as Read | undefined),
      create: <Read extends KubernetesObject>(_kind: Kind<Read>, object: Read, signal: AbortSignal) =>
        through(signal, () => {
          if (this.lease !== undefined) {
            throw new KubernetesError('AlreadyExists', 'there is one', { status: 409 });
          }
          return this.#keep(object);
        }),
      replace: <Read extends KubernetesObject>(_kind: Kind<Read>, object: Read, signal: AbortSignal) =>
        through(signal, () => {
          if (object.metadata.resourceVersion !== this.lease?.metadata.resourceVersion) {
            throw new KubernetesError('Conflict', 'it has changed', { status: 409 });
          }
          return this.#keep(object);
        }),
    };
  }

  #keep<Read extends KubernetesObject>(object: Read): Read {
    this.#version += 1;
    const kept = { ...object, metadata: { ...object.metadata, resourceVersion: String(this.#version) } };
    this.lease = kept as unknown as Lease;
    return kept;
  }
}

function hang(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}
