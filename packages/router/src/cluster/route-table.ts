/** The route table from what the cluster has: pure, so that any state of a cluster is a test. */
import { CLUSTER, type ClusterRoute, type EndpointRoute, type RouteTable, type ServiceRoute } from '@farled/contract';
import type { EndpointSlice, Secret } from '@farled/kubernetes';

import { podsOf } from './pods.ts';
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

/**
 * Of two Secrets with a route for one name, the older one's counts; of a service and an endpoint of one name, the
 * service.
 */
export function routeTable(
  secrets: Iterable<Secret>,
  slices: Iterable<EndpointSlice>,
  generation: number,
): ClusterTable {
  const faults: string[] = [];
  const chosen = new Map<string, { readonly secret: Secret; readonly service: ClusterService }>();
  const chosenEndpoints = new Map<string, { readonly secret: Secret; readonly endpoint: EndpointRoute }>();
  for (const secret of [...secrets].toSorted(byAge)) {
    const read = readRoute(secret);
    if (read.kind === 'fault') {
      faults.push(read.fault);
      continue;
    }
    const { name } = read.route;
    const first = (read.kind === 'route' ? chosen : chosenEndpoints).get(name);
    if (first !== undefined) {
      faults.push(
        `${read.kind === 'route' ? 'Service' : 'Endpoint'} "${name}" has two routes: the older Secret ${nameOf(first.secret)} counts, ${nameOf(secret)} does not. Give one of them another name.`,
      );
    } else if (read.kind === 'route') {
      chosen.set(name, { secret, service: { route: read.route, namespace: namespaceOf(secret) } });
    } else {
      chosenEndpoints.set(name, { secret, endpoint: read.route });
    }
  }
  for (const [name, { secret }] of chosenEndpoints) {
    const service = chosen.get(name);
    if (service !== undefined) {
      chosenEndpoints.delete(name);
      faults.push(
        `"${name}" is a service by the Secret ${nameOf(service.secret)} and an endpoint by ${nameOf(secret)}: requests go to the service. Give one of them another name.`,
      );
    }
  }
  const byService = groupByService(slices);
  const services = [...chosen.values()].map(({ service }) => service);
  return {
    table: {
      generation,
      endpoints: [...chosenEndpoints.values()].map(({ endpoint }) => endpoint),
      services: services.map((service) =>
        serviceRoute(service.route, byService.get(`${service.namespace}/${service.route.deployment}`) ?? []),
      ),
    },
    services,
    faults,
  };
}

function serviceRoute(route: ClusterRoute, slices: readonly EndpointSlice[]): ServiceRoute {
  const { ready, staying } = podsOf(slices);
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
