/** Keeps the route table in use the one that the cluster's objects make; without the API server the last one stays. */
import { CLUSTER } from '@farled/contract';
import { type EndpointSlice, KINDS, type KubernetesClient, type Secret, startInformer } from '@farled/kubernetes';
import type { Clock, Logger } from '@farled/service';

import type { Services } from '../services.ts';
import { readTable } from '../table-file.ts';
import { coalesce } from './coalesce.ts';
import { keepTable } from './kept-table.ts';
import { type ClusterService, routeTable } from './route-table.ts';

export interface ClusterSourceParts {
  readonly client: KubernetesClient;
  readonly services: Services;
  /** Of the routers, where routes are kept. */
  readonly namespace: string;
  /** File of the last table. */
  readonly table: string;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface ClusterSource extends AsyncDisposable {
  /** A table is in use: the cluster's, or the last one of the router before. */
  readonly ready: boolean;
  /** The API server is heard: a service that is not in the table does not exist. */
  readonly current: boolean;
  /** The services as the cluster has them; none before it has told. */
  readonly services: readonly ClusterService[];
}

/** A Deployment that becomes ready changes several objects at once. */
const BURST_MS = 5;
/** There are few routers, and a service that was deployed is to be known when its replicas are ready. */
const LONGEST_WAIT_MS = 2000;
/** Between a list and its watch, and between two watches, nothing is heard for a moment. */
const UNHEARD_MS = 2000;

export async function startClusterSource(parts: ClusterSourceParts): Promise<ClusterSource> {
  const { client, services, clock, log } = parts;
  const kept = await readTable(parts.table).catch((error: unknown) => {
    log.warn({ err: error, path: parts.table }, 'The kept route table could not be read');
  });
  if (kept !== undefined) {
    services.apply(kept);
    log.info(
      { generation: kept.generation, services: kept.services.length, endpoints: kept.endpoints.length },
      'Router serves by the kept route table',
    );
  }
  const keep = keepTable({ path: parts.table, clock, log });
  const stopping = new AbortController();
  let isSynced = false;
  let heardAt = Number.NEGATIVE_INFINITY;
  let current: readonly ClusterService[] = [];
  let saidFaults: ReadonlySet<string> = new Set();

  const apply = (): void => {
    if (stopping.signal.aborted) {
      return;
    }
    const { table, services: found, faults } = routeTable(secrets.all(), slices.all(), services.generation + 1);
    services.apply(table);
    current = found;
    keep(table);
    for (const fault of faults.filter((text) => !saidFaults.has(text))) {
      log.warn({ fault }, 'A route is not used');
    }
    saidFaults = new Set(faults);
  };
  const changed = coalesce(clock, BURST_MS, apply);
  // Half of what there is would be a table without replicas, or without services.
  const onChange = (): void => {
    if (isSynced) {
      changed();
    }
  };
  const follow = { clock, log };
  const routes = { namespace: parts.namespace, ...labelled('route', 'endpoint'), longestWaitMs: LONGEST_WAIT_MS };
  const replicas = { ...labelled('replicas'), longestWaitMs: LONGEST_WAIT_MS };
  const secrets = startInformer<Secret>(client, KINDS.secret, routes, onChange, follow);
  const slices = startInformer<EndpointSlice>(client, KINDS.endpointSlice, replicas, onChange, follow);
  Promise.all([secrets.synced(stopping.signal), slices.synced(stopping.signal)]).then(
    () => {
      isSynced = true;
      heardAt = clock.now();
      apply();
      log.info({ services: current.length, faults: saidFaults.size }, 'Router serves by the objects of the cluster');
    },
    () => {
      // Stopped before the first list came.
    },
  );
  return {
    get ready() {
      return isSynced || kept !== undefined;
    },
    get current() {
      if (isSynced && secrets.current && slices.current) {
        heardAt = clock.now();
      }
      return clock.now() - heardAt <= UNHEARD_MS;
    },
    get services() {
      return current;
    },
    [Symbol.asyncDispose]: async () => {
      stopping.abort(new Error('the router stops'));
      await Promise.all([secrets[Symbol.asyncDispose](), slices[Symbol.asyncDispose]()]);
    },
  };
}

function labelled(...roles: readonly string[]): { readonly labelSelector: string } {
  return { labelSelector: `${CLUSTER.roleLabel} in (${roles.join(',')})` };
}
