/** Brings the objects of a service into a cluster: what is there already as it should be costs no request. */
import { createHash } from 'node:crypto';

import { CLUSTER, FarledError } from '@farled/contract';
import { type Kind, KINDS, type KubernetesClient, type KubernetesObject } from '@farled/kubernetes';

import { covers } from './covers.ts';
import type { OwnedObjects } from './owned-objects.ts';

/** Digest of what was applied: a field that we no longer name shows in it, and in nothing else. */
const APPLIED = 'farled.dev/applied';

export interface ApplyParts {
  readonly client: KubernetesClient;
  readonly owned: OwnedObjects;
}

interface Wanted {
  readonly kind: Kind;
  readonly object: KubernetesObject;
}

/**
 * Applies what differs, Deployments last; deletes nothing.
 *
 * @throws FarledError KubernetesObjectTaken when an object of one of the names is there and not of this service.
 */
export async function applyObjects(
  parts: ApplyParts,
  serviceId: string,
  objects: readonly Wanted[],
  signal: AbortSignal,
): Promise<void> {
  const first = objects.filter(({ kind }) => kind !== KINDS.deployment);
  const last = objects.filter(({ kind }) => kind === KINDS.deployment);
  for (const group of [first, last]) {
    await Promise.all(group.map((wanted) => applyObject(parts, serviceId, wanted, signal)));
  }
}

/** Deletes what was applied for the service and is not wanted any more; true once nothing of that is known. */
export async function pruneObjects(
  { client, owned }: ApplyParts,
  serviceId: string,
  wanted: readonly Wanted[],
  signal: AbortSignal,
): Promise<boolean> {
  const keep = new Set(wanted.map(({ kind, object }) => `${kind.plural}/${keyText(object)}`));
  const unwanted = owned
    .applied(serviceId)
    .filter(({ kind, object }) => !keep.has(`${kind.plural}/${keyText(object)}`));
  await Promise.all(
    unwanted.map(({ kind, object: { metadata } }) =>
      metadata.deletionTimestamp === undefined
        ? client.delete(kind, { name: metadata.name, namespace: metadata.namespace }, signal)
        : Promise.resolve(),
    ),
  );
  return unwanted.length === 0;
}

async function applyObject(
  { client, owned }: ApplyParts,
  serviceId: string,
  { kind, object }: Wanted,
  signal: AbortSignal,
): Promise<void> {
  const wanted = withDigest(object);
  const { name, namespace = '' } = object.metadata;
  const present = owned.find(serviceId, kind, name, namespace);
  if (present !== undefined && present.metadata.deletionTimestamp === undefined && covers(present, wanted)) {
    return;
  }
  if (present === undefined) {
    await refuseForeign(client, kind, object, signal);
  }
  owned.remember(serviceId, kind, await client.apply(kind, wanted, signal));
}

/** An object that we know is ours; of one that we don't, the labels must say so. */
async function refuseForeign(
  client: KubernetesClient,
  kind: Kind,
  { metadata }: KubernetesObject,
  signal: AbortSignal,
): Promise<void> {
  const found = await client.get(kind, { name: metadata.name, namespace: metadata.namespace }, signal);
  const owner = found?.metadata.labels?.[CLUSTER.serviceIdLabel];
  if (found !== undefined && owner !== metadata.labels?.[CLUSTER.serviceIdLabel]) {
    const whose = owner === undefined ? 'Farled did not make it' : 'it belongs to another service of a Farled';
    throw new FarledError(
      'KubernetesObjectTaken',
      `The cluster has a ${kind.kind} "${metadata.name}" in namespace "${metadata.namespace ?? ''}" already, and ${whose}.`,
      { suggestion: 'Choose another name or another namespace for the service, or remove that object.' },
    );
  }
}

function withDigest(object: KubernetesObject): KubernetesObject {
  const digest = createHash('sha256').update(JSON.stringify(object)).digest('hex').slice(0, 16);
  return {
    ...object,
    metadata: { ...object.metadata, annotations: { ...object.metadata.annotations, [APPLIED]: digest } },
  };
}

function keyText({ metadata }: KubernetesObject): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}
