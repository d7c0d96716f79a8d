/** What the replicas of a service wrote, told by the cluster; and the last of it, kept when they have to go. */
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { FarledError } from '@farled/contract';
import { isKubernetesError, type KubernetesClient, type LogOptions, type Pod } from '@farled/kubernetes';
import { writeFileAtomically } from '@farled/service';

import { clusterError } from '../../compute/kubernetes/cluster-error.ts';

/** anchors: as many lines as `get-logs` shows by default. */
const KEPT_LINES = 5000;
const KEPT_FILE = 'replicas-that-ended.log';
/** Every line of the API server starts with it when times are asked for. */
const TIME = /^\S+ /;

export interface TimedLine {
  /** «namespace/name» of the pod. */
  readonly pod: string;
  readonly time: string;
  readonly line: string;
}

/**
 * The last lines of all pods together, oldest first; of a container that was started anew, also those before.
 *
 * @throws FarledError saying why the cluster does not tell them.
 */
export async function readPodLogs(
  client: KubernetesClient,
  pods: readonly Pod[],
  lines: number,
  signal: AbortSignal,
): Promise<readonly string[]> {
  return (await readTimedLines(client, pods, lines, signal)).slice(-lines).map(({ line }) => line);
}

/** Of each pod as many, oldest first. */
export async function readTimedLines(
  client: KubernetesClient,
  pods: readonly Pod[],
  lines: number,
  signal: AbortSignal,
): Promise<readonly TimedLine[]> {
  const all = await Promise.all(
    pods.flatMap((pod) => {
      const restarted = (pod.status?.containerStatuses ?? []).some(({ restartCount }) => restartCount > 0);
      return (restarted ? [true, false] : [false]).map((previous) =>
        readContainer(client, pod, { tailLines: lines, timestamps: true, previous }, signal),
      );
    }),
  );
  return all.flat().toSorted((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0));
}

async function readContainer(
  client: KubernetesClient,
  { metadata }: Pod,
  options: LogOptions,
  signal: AbortSignal,
): Promise<readonly TimedLine[]> {
  const lines: TimedLine[] = [];
  try {
    const key = { name: metadata.name, namespace: metadata.namespace ?? '' };
    for await (const text of client.logs(key, options, signal)) {
      lines.push(timedLine(metadata, text));
    }
  } catch (error) {
    // A container that has not started has no log, and a pod may be gone by now.
    if (!isKubernetesError(error, 'NotFound', 'BadRequest')) {
      throw signal.aborted ? tooSlow(client.server, error) : clusterError(error, client.server);
    }
  }
  return lines;
}

/** Takes apart what the API server sends when times are asked for. */
export function timedLine(pod: Pod['metadata'], text: string): TimedLine {
  const time = TIME.exec(text)?.[0] ?? '';
  return { pod: podKey(pod), time: time.trimEnd(), line: text.slice(time.length) };
}

export function podKey({ namespace, name }: Pod['metadata']): string {
  return `${namespace}/${name}`;
}

function tooSlow(server: string, cause: unknown): FarledError {
  return new FarledError('KubernetesUnaccessible', `The cluster at ${server} does not send the logs in time.`, {
    suggestion: 'Try again; the services themselves need nothing of its API server.',
    cause,
  });
}

/** The last lines of replicas that are gone, one file a service. */
export class KeptLogs {
  readonly #folder: string;

  constructor(logsFolder: string) {
    this.#folder = logsFolder;
  }

  async keep(serviceId: string, lines: readonly string[]): Promise<void> {
    await mkdir(join(this.#folder, serviceId), { recursive: true, mode: 0o700 });
    const text = lines.slice(-KEPT_LINES).join('\n');
    await writeFileAtomically(join(this.#folder, serviceId, KEPT_FILE), `${text}\n`);
  }

  async read(serviceId: string, lines: number): Promise<readonly string[]> {
    const text = await readFile(join(this.#folder, serviceId, KEPT_FILE), 'utf8').catch(() => '');
    return text.split('\n').slice(0, -1).slice(-lines);
  }

  async remove(serviceId: string): Promise<void> {
    await rm(join(this.#folder, serviceId), { recursive: true, force: true });
  }
}
