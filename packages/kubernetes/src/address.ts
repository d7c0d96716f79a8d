/** Paths of objects and collections below the API server's address. */
import { FarledError } from '@farled/contract';

import type { ObjectKey } from './client.ts';
import type { Kind } from './kinds.ts';

/** `/apis/apps/v1/namespaces/farled/deployments`; without a namespace, those of all namespaces. */
export function collectionPath(kind: Kind, namespace: string | undefined): string {
  const group = kind.apiVersion.includes('/') ? `/apis/${kind.apiVersion}` : `/api/${kind.apiVersion}`;
  return namespace === undefined || !kind.namespaced
    ? `${group}/${kind.plural}`
    : `${group}/namespaces/${segment(namespace, `namespace of a ${kind.kind}`)}/${kind.plural}`;
}

/** @throws FarledError BadArgument when the key can't name one object of this kind. */
export function objectPath(kind: Kind, key: ObjectKey, subresource?: string): string {
  if (kind.namespaced && key.namespace === undefined) {
    throw new FarledError('BadArgument', `${kind.kind} ${key.name} has no namespace, and the kind needs one.`);
  }
  const path = `${collectionPath(kind, key.namespace)}/${segment(key.name, `name of a ${kind.kind}`)}`;
  return subresource === undefined ? path : `${path}/${segment(subresource, `subresource of a ${kind.kind}`)}`;
}

/** How messages call an object: «Pod farled/iris». */
export function describeObject(kind: Kind, key: ObjectKey): string {
  return `${kind.kind} ${kind.namespaced && key.namespace !== undefined ? `${key.namespace}/` : ''}${key.name}`;
}

/** How messages call a collection: «pods in farled». */
export function describeCollection(kind: Kind, namespace: string | undefined): string {
  return kind.namespaced ? `${kind.plural} in ${namespace ?? 'all namespaces'}` : kind.plural;
}

/** An empty segment would address the whole collection: a DELETE of it is the worst that could happen here. */
function segment(text: string, what: string): string {
  if (!/^[A-Za-z0-9]([A-Za-z0-9.:_-]*[A-Za-z0-9])?$/.test(text)) {
    throw new FarledError('BadArgument', `The ${what}, ${JSON.stringify(text)}, can't be a part of a Kubernetes path.`);
  }
  return encodeURIComponent(text);
}
