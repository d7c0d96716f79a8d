/** Why a request got no slot, in words with the numbers that decided. */
import { CLIENT_TIMEOUT_HEADER } from '@farled/contract';

import type { Hopeless } from '../admission/outlook.ts';
import type { Version } from '../endpoints/endpoint.ts';
import type { Service } from '../service.ts';

export function whyNoSlot({ route, admission, scaling }: Service): string {
  const { replicas, maxConcurrentRequestsPerContainer: slots } = route;
  if (replicas.length === 0) {
    return `no replica of the service is ready (${scaling.desired} wanted: ${scaling.because})`;
  }
  const out = admission.replicas.filter(({ isEjected }) => isEjected).map(({ id }) => id);
  const ejected = out.length === 0 ? '' : `; ${out.join(', ')} got nothing, because requests had failed there in a row`;
  return `all ${replicas.length * slots} slots (${replicas.length} replicas x maxConcurrentRequestsPerContainer ${slots}) were taken, with ${admission.queued} more requests waiting${ejected}; ${scaling.because}`;
}

export function hopelessWords({ needsMs, mayTakeMs, ahead, isOfClient }: Hopeless): string {
  const limit = isOfClient
    ? `${CLIENT_TIMEOUT_HEADER} leaves it ${Math.max(0, Math.round(mayTakeMs))} ms`
    : `maxQueueWaitMs is ${mayTakeMs} ms`;
  return `It was refused at once, because ${limit} and it would have taken ${Math.round(needsMs)} ms at least, with ${ahead} requests before it`;
}

interface Waited {
  readonly waitedMs: number;
  readonly maxQueueWaitMs: number;
  /** Of the client. */
  readonly timeoutMs: number | null;
  /** Of an endpoint. */
  readonly version: string | null;
}

export function waitedWords({ waitedMs, maxQueueWaitMs, timeoutMs, version }: Waited): string {
  const to = version === null ? '' : ` for version "${version}"`;
  const limit =
    timeoutMs !== null && timeoutMs < maxQueueWaitMs
      ? `${CLIENT_TIMEOUT_HEADER} ${timeoutMs}`
      : `maxQueueWaitMs ${maxQueueWaitMs}`;
  return `It waited ${Math.round(waitedMs)} ms${to} of at most ${limit} ms`;
}

export function whoseWords({ route }: Service, version: Version | null): string {
  return version === null ? `service ${route.name}` : `version ${version.name} of endpoint ${version.endpoint.name}`;
}

export function limitWords(isClients: boolean): string {
  return isClients ? CLIENT_TIMEOUT_HEADER : 'scoringTimeoutMs';
}
