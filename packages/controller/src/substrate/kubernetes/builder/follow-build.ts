/** Stays with a build until it ends, and tells what it writes. */
import {
  isKubernetesError,
  type Job,
  KINDS,
  type KubernetesClient,
  type ObjectKey,
  type Pod,
} from '@farled/kubernetes';
import type { Clock } from '@farled/service';

import { type BuildState, buildState, buildWaitsFor, hasBegun } from './build-state.ts';

const LOOK_MS = 1000;
/** How long the end of a log may take to arrive once its container has ended. */
const LOG_END_MS = 10_000;
/** What passes by itself: the build goes on without us. */
const PASSING = ['Unreachable', 'TimedOut', 'ServiceUnavailable', 'InternalError', 'TooManyRequests'] as const;

interface FollowParts {
  readonly client: KubernetesClient;
  readonly clock: Clock;
  readonly tell: (line: string) => void;
}

export async function followBuild(
  { client, clock, tell }: FollowParts,
  { metadata: { name, namespace, uid } }: Job,
  signal: AbortSignal,
): Promise<Exclude<BuildState, { readonly phase: 'running' }>> {
  using ending = new Ending(signal);
  let reading: Promise<void> | null = null;
  let waited: string | null = null;
  for (;;) {
    const seen = await look(client, { name, namespace }, uid ?? '', signal);
    if (seen !== null) {
      const { job, pod } = seen;
      if (pod !== undefined && reading === null && hasBegun(pod)) {
        reading = readLog(client, pod, tell, ending.signal);
      }
      const waits = buildWaitsFor(pod);
      if (waits !== null && waits !== waited) {
        tell(waits);
        waited = waits;
      }
      const state = buildState(job, pod);
      if (state.phase !== 'running') {
        await Promise.race([reading, clock.sleep(LOG_END_MS, ending.signal)]);
        return state;
      }
    }
    await clock.sleep(LOOK_MS, signal);
  }
}

/** Null when the API server is away for a moment. */
async function look(
  client: KubernetesClient,
  key: ObjectKey,
  uid: string,
  signal: AbortSignal,
): Promise<{ readonly job: Job | undefined; readonly pod: Pod | undefined } | null> {
  try {
    const labelSelector = `batch.kubernetes.io/controller-uid=${uid}`;
    const [job, [pod]] = await Promise.all([
      client.get(KINDS.job, key, signal),
      client.list(KINDS.pod, { namespace: key.namespace, labelSelector }, signal),
    ]);
    return { job: job?.metadata.uid === uid ? job : undefined, pod };
  } catch (error) {
    if (isKubernetesError(error, ...PASSING) && !signal.aborted) {
      return null;
    }
    throw error;
  }
}

async function readLog(
  client: KubernetesClient,
  { metadata: { name, namespace = '' } }: Pod,
  tell: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  try {
    for await (const line of client.logs({ name, namespace }, { follow: true }, signal)) {
      tell(line);
    }
  } catch (error) {
    // How the build ends is read from its Job.
    tell(`The rest of the build's log can't be read: ${(error as Error).message}`);
  }
}

/** Ends what still runs when it is disposed of. */
class Ending implements Disposable {
  readonly #own = new AbortController();
  readonly signal: AbortSignal;

  constructor(outer: AbortSignal) {
    this.signal = AbortSignal.any([outer, this.#own.signal]);
  }

  [Symbol.dispose](): void {
    this.#own.abort();
  }
}
