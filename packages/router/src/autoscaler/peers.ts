/** Asks all routers, this one included, what they have. */
import { CLUSTER, RouterStatistics } from '@farled/contract';
import { type EndpointSlice, KINDS, type KubernetesClient, startInformer } from '@farled/kubernetes';
import type { Clock, Logger } from '@farled/service';
import { Agent, request } from 'undici';

export interface PeersParts {
  readonly client: KubernetesClient;
  /** Where the routers are. */
  readonly namespace: string;
  readonly clock: Clock;
  readonly log: Logger;
}

interface PeerAnswers {
  readonly statistics: readonly RouterStatistics[];
  /** Every router that takes requests has answered. */
  readonly isComplete: boolean;
}

export interface Peers extends AsyncDisposable {
  ask(signal: AbortSignal): Promise<PeerAnswers>;
}

/** The headless Service by whose EndpointSlices routers find each other. */
const PEERS = `${CLUSTER.router}-peers`;
const DEADLINE_MS = 1000;

export function startPeers({ client, namespace, clock, log }: PeersParts): Peers {
  const slices = startInformer<EndpointSlice>(
    client,
    KINDS.endpointSlice,
    { namespace, labelSelector: `kubernetes.io/service-name=${PEERS}` },
    () => {},
    { clock, log },
  );
  // Rounds come every second: connections are kept, and one to a peer that is gone costs no more than its deadline.
  const agent = new Agent({ connect: { timeout: DEADLINE_MS }, connections: 1 });
  return {
    ask: async (signal) => {
      await slices.synced(signal);
      const answers = await Promise.all(
        peers(slices.all()).map(async ({ url, takesRequests }) => {
          const statistics = await askOne(url, { agent, clock, signal }).catch((error: unknown) => {
            log.debug({ url, reason: error instanceof Error ? error.message : 'unknown' }, 'A router does not answer');
          });
          return { statistics, isMissing: statistics === undefined && takesRequests };
        }),
      );
      return {
        statistics: answers.flatMap(({ statistics }) => statistics ?? []),
        isComplete: answers.length > 0 && !answers.some(({ isMissing }) => isMissing),
      };
    },
    [Symbol.asyncDispose]: async () => {
      await slices[Symbol.asyncDispose]();
      await agent.destroy();
    },
  };
}

interface Peer {
  readonly url: string;
  readonly takesRequests: boolean;
}

/** Those that drain are among them: they have requests to the end. */
export function peers(slices: Iterable<EndpointSlice>): Peer[] {
  const found = new Map<string, Peer>();
  for (const { endpoints, ports } of slices) {
    const port = ports?.[0]?.port;
    for (const { addresses, conditions, targetRef } of endpoints ?? []) {
      const [address] = addresses;
      if (address !== undefined && port !== undefined) {
        const host = address.includes(':') ? `[${address}]` : address;
        found.set(targetRef?.name ?? address, {
          url: `http://${host}:${port}/statistics`,
          takesRequests: conditions?.ready !== false,
        });
      }
    }
  }
  return [...found.values()];
}

async function askOne(
  url: string,
  { agent, clock, signal }: { readonly agent: Agent; readonly clock: Clock; readonly signal: AbortSignal },
): Promise<RouterStatistics> {
  const late = new AbortController();
  const cancel = clock.after(DEADLINE_MS, () => late.abort(new Error(`no answer within ${DEADLINE_MS} ms`)));
  try {
    const answer = await request(url, { dispatcher: agent, signal: AbortSignal.any([late.signal, signal]) });
    return RouterStatistics.parse(await answer.body.json());
  } finally {
    cancel();
  }
}
