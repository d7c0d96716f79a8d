/** Tells which changes of a service need new replicas: those that change its revision. */
import { createHash } from 'node:crypto';

import type { ReplicaSpec } from '../substrate/substrate.ts';

/** Everything of a replica but who it is. */
export type ReplicaTemplate = Omit<ReplicaSpec, 'id' | 'revision' | 'service'>;

/** A digest of the template: equal templates, equal revisions, today and after a restart. */
export function revisionOf(template: ReplicaTemplate): string {
  return createHash('sha256').update(canonicalJson(template)).digest('hex').slice(0, 16);
}

function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) {
    return `[${value.map(canonicalJson).join(',')}]`;
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(',')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}
