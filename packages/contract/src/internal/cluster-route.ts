/**
 * What the routers in a cluster are told of a service: one labelled Secret each, kept with the routers. Where its
 * replicas are, the service's EndpointSlices say. Routers need nothing else, and nobody but the cluster's API server.
 */
import { z } from 'zod';

import { ServiceRoute } from './route-table.ts';

export const ClusterRoute = ServiceRoute.pick({
  name: true,
  workspace: true,
  keyDigests: true,
  tokens: true,
  maxConcurrentRequestsPerContainer: true,
  maxQueueWaitMs: true,
  scoringTimeoutMs: true,
}).extend({
  /** Name of the Deployment in the service's namespace, and of the headless Service before it. */
  deployment: z.string(),
  scaling: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('fixed'), replicas: z.int() }),
    z.object({
      kind: z.literal('automatic'),
      law: z.enum(['compatible', 'forecast']).default('compatible'),
      minReplicas: z.int(),
      maxReplicas: z.int(),
      /** Percent. */
      targetUtilization: z.int(),
      refreshPeriodInSeconds: z.int(),
    }),
  ]),
});
export type ClusterRoute = z.infer<typeof ClusterRoute>;

/** Labels and names that controller and router must agree on. */
export const CLUSTER = {
  /** Where the routers are. */
  systemNamespace: 'farled-system',
  router: 'farled-router',
  /** On everything that Farled makes. */
  managedBy: { 'app.kubernetes.io/managed-by': 'farled' },
  /** Which Farled it belongs to. */
  installationLabel: 'farled.dev/installation',
  /** Name of the service that an object is of. */
  serviceLabel: 'farled.dev/service',
  /** Id of that service in the record. */
  serviceIdLabel: 'farled.dev/service-id',
  /** Id of the endpoint in the record that a Secret with an endpoint is of. */
  endpointIdLabel: 'farled.dev/endpoint-id',
  /** Revision of a pod. */
  revisionLabel: 'farled.dev/revision',
  /** On the Secret with the route, which is kept with the routers: where the service itself is. */
  namespaceLabel: 'farled.dev/namespace',
  /**
   * On the Secret with the route: value `route`; on the one with an endpoint: `endpoint`; on the headless Service, and so
   * on its EndpointSlices: `replicas`.
   */
  roleLabel: 'farled.dev/role',
  /** Key of the route in its Secret. */
  routeKey: 'route.json',
  /** Key of an endpoint, an EndpointRoute, in its Secret, which is kept with the routers as routes are. */
  endpointKey: 'endpoint.json',
  /** Where a replica listens; the original's port. */
  replicaPort: 5001,
} as const;
