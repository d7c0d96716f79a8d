/** The objects of an informer, and what differs when new ones come. */
import type { KubernetesObject } from './objects.ts';

export interface Change<Read extends KubernetesObject> {
  readonly before: Read | undefined;
  readonly after: Read | undefined;
}

interface Entry<Read> {
  readonly object: Read;
  /** Kept here because a selection may leave them out of the object. */
  readonly uid: string | undefined;
  readonly version: string | undefined;
}

export class InformerCache<Read extends KubernetesObject> {
  readonly #entries = new Map<string, Entry<Read>>();
  readonly #select: (object: Read) => Read;

  constructor(select: (object: Read) => Read = (object) => object) {
    this.#select = select;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(namespace: string | undefined, name: string): Read | undefined {
    return this.#entries.get(keyOf(namespace, name))?.object;
  }

  *all(): IterableIterator<Read> {
    for (const entry of this.#entries.values()) {
      yield entry.object;
    }
  }

  /** What is kept of an object: less than what arrives, so that the rest can be let go page by page. */
  read(object: Read): Listed<Read> {
    const { name, namespace, uid, resourceVersion: version } = object.metadata;
    return { key: keyOf(namespace, name), uid, version, object: this.#select(withoutManagedFields(object)) };
  }

  set(object: Read): Change<Read>[] {
    return this.#put(this.read(object));
  }

  remove(object: Read): Change<Read>[] {
    const key = keyOf(object.metadata.namespace, object.metadata.name);
    const known = this.#entries.get(key);
    return known === undefined ? [] : this.#drop(key, known);
  }

  /** Takes a whole list: what is not in it is gone. */
  replace(listed: readonly Listed<Read>[]): Change<Read>[] {
    const present = new Set(listed.map(({ key }) => key));
    const gone = [...this.#entries].filter(([key]) => !present.has(key));
    return [...gone.flatMap(([key, entry]) => this.#drop(key, entry)), ...listed.flatMap((one) => this.#put(one))];
  }

  #put({ key, object, uid, version }: Listed<Read>): Change<Read>[] {
    const known = this.#entries.get(key);
    if (known !== undefined && known.uid === uid && known.version === version && version !== undefined) {
      return [];
    }
    this.#entries.set(key, { object, uid, version });
    return known !== undefined && known.uid !== uid
      ? // Another object of the same name: the first one ended unseen.
        [
          { before: known.object, after: undefined },
          { before: undefined, after: object },
        ]
      : [{ before: known?.object, after: object }];
  }

  #drop(key: string, { object }: Entry<Read>): Change<Read>[] {
    this.#entries.delete(key);
    return [{ before: object, after: undefined }];
  }
}

export interface Listed<Read> extends Entry<Read> {
  readonly key: string;
}

function keyOf(namespace: string | undefined, name: string): string {
  return `${namespace ?? ''}/${name}`;
}

/** Who owns which field is most of an object's size, and of no use here. */
function withoutManagedFields<Read extends KubernetesObject>(object: Read): Read {
  const { managedFields: _dropped, ...metadata } = object.metadata as KubernetesObject['metadata'] & {
    readonly managedFields?: unknown;
  };
  return { ...object, metadata };
}
