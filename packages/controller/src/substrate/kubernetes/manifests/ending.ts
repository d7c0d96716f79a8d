/**
 * How a replica ends without losing a request. On SIGTERM the runtime goes on serving for a while, because routers learn
 * only then from the EndpointSlices that it leaves; after that it refuses new requests, finishes the accepted ones and
 * exits. A preStop hook that sleeps would do the first part worse: it needs a shell in the image, and the runtime
 * would not know that it is leaving.
 */
import type { ServiceSettings } from '@farled/contract';

/** As FARLED_DRAIN_LINGER_SECONDS. */
export const LINGER_SECONDS = 5;

/** For the answers to be sent and the process to end. */
const MARGIN_SECONDS = 5;

/** Kubernetes kills after this time, so no request that may still be answered is in it. */
export function graceSeconds({ scoringTimeoutMs }: Pick<ServiceSettings, 'scoringTimeoutMs'>): number {
  return LINGER_SECONDS + Math.ceil(scoringTimeoutMs / 1000) + MARGIN_SECONDS;
}
