/** The route table from what the cluster has: pure, so that any state of a cluster is a test. */
import { CLUSTER, type ClusterRoute, type RouteTable, type ServiceRoute } from '@farled/contract';
import type { EndpointSlice, Secret } from '@farled/kubernetes';

import { endpoints } from './endpoints.ts';
import { readRoute } from './read-route.ts';

/** Label that Kubernetes gives to every EndpointSlice. */
const OWNING_SERVICE = 'kubernetes.io/service-name';

/** A service of the cluster, with what is needed to scale it. */
export interface ClusterService {
  readonly route: ClusterRoute;
  readonly namespace: string;
}

export interface ClusterTable {
  readonly table: RouteTable;
  /** Those of the table. */
  readonly services: readonly ClusterService[];
  /** One sentence for each Secret that is not in the table. */
  readonly faults: readonly string[];
}

/** Of two Secrets with a route for one name, the older one's counts. */
export function routeTable(
  secrets: Iterable<Secret>,
  slices: Iterable<EndpointSlice>,
  generation: number,
): ClusterTable {
  const faults: string[] = [];
  const chosen = new Map<string, { readonly secret: Secret; readonly service: ClusterService }>();
  for (const secret of [...secrets].toSorted(byAge)) {
    const read = readRoute(secret);
    if (read.kind === 'fault') {
      faults.push(read.fault);
      continue;
    }
    const { route } = read;
    const first = chosen.get(route.name);
    if (first === undefined) {
      chosen.set(route.name, { secret, service: { route, namespace: namespaceOf(secret) } });
    } else {
      faults.push(
        `Service "${route.name}" has two routes: the older Secret ${nameOf(first.secret)} counts, ${nameOf(secret)} does not. Give one of the services another name.`,
      );
    }
  }
  const byService = groupByService(slices);
  const services = [...chosen.values()].map(({ service }) => service);
  return {
    table: {
      generation,
      endpoints: [],
      services: services.map((service) =>
        serviceRoute(service.route, byService.get(`${service.namespace}/${service.route.deployment}`) ?? []),
      ),
    },
    services,
    faults,
  };
}

function serviceRoute(route: ClusterRoute, slices: readonly EndpointSlice[]): ServiceRoute {
  const { ready, staying } = endpoints(slices);
  const { name, workspace, keyDigests, tokens, maxConcurrentRequestsPerContainer, maxQueueWaitMs, scaling } = route;
  return {
    name,
    workspace,
    keyDigests,
    tokens,
    maxConcurrentRequestsPerContainer,
    maxQueueWaitMs,
    scoringTimeoutMs: route.scoringTimeoutMs,
    replicas: ready,
    // What the autoscaler asked for last is in the Deployment, which routers do not watch: its pods tell as much.
    desiredReplicas: scaling.kind === 'fixed' ? scaling.replicas : Math.max(scaling.minReplicas, staying),
    scaling:
      scaling.kind === 'fixed'
        ? `numReplicas is ${scaling.replicas}`
        : `the autoscaler keeps between ${scaling.minReplicas} and ${scaling.maxReplicas} replicas at ${scaling.targetUtilization} % utilization`,
  };
}

/** By namespace and name of the headless Service that they are of. */
function groupByService(slices: Iterable<EndpointSlice>): ReadonlyMap<string, readonly EndpointSlice[]> {
  const groups = new Map<string, EndpointSlice[]>();
  for (const slice of slices) {
    const { namespace, labels } = slice.metadata;
    const key = `${namespace}/${labels?.[OWNING_SERVICE]}`;
    const group = groups.get(key);
    if (group === undefined) {
      groups.set(key, [slice]);
    } else {
      group.push(slice);
    }
  }
  return groups;
}

/** The API server's clock has seconds: the names decide between equals, so that every router chooses alike. */
function byAge(a: Secret, b: Secret): number {
  const [left, right] = [a, b].map((secret) => `${secret.metadata.creationTimestamp} ${nameOf(secret)}`);
  return (left ?? '') < (right ?? '') ? -1 : 1;
}

/** A Secret that is kept with the routers says where its service is. */
function namespaceOf({ metadata }: Secret): string {
  return metadata.labels?.[CLUSTER.namespaceLabel] ?? metadata.namespace ?? '';
}

function nameOf({ metadata }: Secret): string {
  return `${metadata.namespace}/${metadata.name}`;
}
