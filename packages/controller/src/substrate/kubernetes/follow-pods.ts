/** Lines of pods as they are written: of those that are there, and of those that come. */
import { isKubernetesError, type KubernetesClient, type Pod } from '@farled/kubernetes';
import type { Clock } from '@farled/service';

import { clusterError } from '../../compute/kubernetes/cluster-error.ts';
import { followSources, joined, type LineSource } from '../../logs/follow.ts';
import { podKey, readTimedLines, timedLine } from './pod-logs.ts';

export interface FollowPodsParts {
  readonly client: KubernetesClient;
  /** Those of the service by now. */
  readonly pods: () => readonly Pod[];
  /** The last lines of replicas that had to go, shown when none are there. */
  readonly kept: () => Promise<readonly string[]>;
  readonly clock: Clock;
}

const SNAPSHOT_TIMEOUT_MS = 15_000;
/** What no later attempt changes. */
const FINAL = ['Forbidden', 'Unauthorized'] as const;

/** Answers when it has the last lines. @throws FarledError saying why the cluster does not tell them. */
export async function followPods(
  { client, pods, kept, clock }: FollowPodsParts,
  lines: number,
  signal: AbortSignal,
): Promise<AsyncIterable<string>> {
  const limited = AbortSignal.any([signal, AbortSignal.timeout(SNAPSHOT_TIMEOUT_MS)]);
  const before = await readTimedLines(client, pods(), lines, limited);
  const lastLines = before.length > 0 ? before.slice(-lines).map(({ line }) => line) : await kept();
  /** By pod, the time of the last line that was read. */
  const last = new Map(before.map(({ pod, time }) => [pod, time]));
  const source = ({ metadata }: Pod): LineSource => {
    const key = podKey(metadata);
    return { key, read: (until) => readOn(client, metadata, last, until) };
  };
  return joined(
    lastLines,
    followSources(() => Promise.resolve(pods().map(source)), clock, signal),
  );
}

/**
 * Ends with the container, and with the connection. The API server knows the time to a second, so some of what it sends
 * is known already.
 */
async function* readOn(
  client: KubernetesClient,
  pod: Pod['metadata'],
  last: Map<string, string>,
  signal: AbortSignal,
): AsyncGenerator<string, void, void> {
  const key = podKey(pod);
  const known = last.get(key);
  const since = known === undefined ? {} : { sinceTime: known };
  try {
    const options = { follow: true, timestamps: true, ...since };
    for await (const text of client.logs({ name: pod.name, namespace: pod.namespace ?? '' }, options, signal)) {
      const { time, line } = timedLine(pod, text);
      if (time > (last.get(key) ?? '')) {
        last.set(key, time);
        yield line;
      }
    }
  } catch (error) {
    // A container that has not started, a pod that is gone, an API server that is away: the next attempt tells.
    if (!isKubernetesError(error) || isKubernetesError(error, ...FINAL)) {
      throw clusterError(error, client.server);
    }
  }
}
