/** Leases as objects of the API. */
import type { ObjectKey } from './client.ts';
import { KINDS } from './kinds.ts';
import type { LeaseView } from './leader-decision.ts';
import type { Lease } from './objects.ts';

/** What client-go assumes of a lease without a duration. */
const DEFAULT_DURATION_SECONDS = 15;

export function viewLease({ metadata, spec }: Lease): LeaseView {
  return {
    holder: spec?.holderIdentity ?? '',
    term: spec?.leaseTransitions ?? 0,
    durationMs: (spec?.leaseDurationSeconds ?? DEFAULT_DURATION_SECONDS) * 1000,
    version: metadata.resourceVersion ?? '',
  };
}

export interface LeaseContent {
  readonly key: Required<ObjectKey>;
  readonly holder: string;
  readonly term: number;
  readonly durationSeconds: number;
  readonly now: number;
  /** False when it was ours already. */
  readonly taken: boolean;
}

/** `known` is the lease that was read; its version makes the write fail when somebody else was faster. */
export function leaseToWrite(
  known: Lease | undefined,
  { key, holder, term, durationSeconds, now, taken }: LeaseContent,
): Lease {
  return {
    apiVersion: KINDS.lease.apiVersion,
    kind: KINDS.lease.kind,
    metadata: known?.metadata ?? { name: key.name, namespace: key.namespace ?? '' },
    spec: {
      ...known?.spec,
      holderIdentity: holder,
      leaseDurationSeconds: Math.ceil(durationSeconds),
      leaseTransitions: term,
      renewTime: microTime(now),
      ...(taken ? { acquireTime: microTime(now) } : {}),
    },
  };
}

/** Held by nobody; a second, because a lease of none is refused. */
export function releasedLease(lease: Lease, now: number): Lease {
  return {
    ...lease,
    spec: { ...lease.spec, holderIdentity: '', leaseDurationSeconds: 1, renewTime: microTime(now) },
  };
}

/** Source: meta/v1 MicroTime. */
function microTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace('Z', '000Z');
}
