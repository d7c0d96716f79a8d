/** An endpoint for tests, and the services that are its versions, as a route table has them. */
import { createHash } from 'node:crypto';

import type { EndpointRoute, RouteTable, ServiceRoute } from '@farled/contract';

export const ENDPOINT_KEY = 'the-key-of-the-endpoint';

interface TestVersion {
  /** Absent: the service is not in the table. */
  readonly replicas?: readonly { readonly id: string; readonly path: string }[];
  readonly percentile?: number;
  readonly changes?: Partial<ServiceRoute>;
}

/** The endpoint «shop»; the service of its version «blue» is «shop-blue». The first version is the default. */
export function endpointTable(
  versions: Readonly<Record<string, TestVersion>>,
  changes: Partial<EndpointRoute> = {},
): Omit<RouteTable, 'generation'> {
  return {
    services: Object.entries(versions).flatMap(([name, version]) =>
      version.replicas === undefined ? [] : [serviceRoute(`shop-${name}`, version.replicas, version.changes)],
    ),
    endpoints: [
      {
        name: 'shop',
        workspace: 'ws',
        keyDigests: [createHash('sha256').update(ENDPOINT_KEY).digest('hex')],
        tokens: null,
        versions: Object.entries(versions).map(([name, { percentile = 0 }]) => ({
          name,
          service: `shop-${name}`,
          trafficPercentile: percentile,
        })),
        defaultVersion: Object.keys(versions)[0] ?? '',
        stickyHeader: null,
        mirror: null,
        ...changes,
      },
    ],
  };
}

function serviceRoute(
  name: string,
  replicas: NonNullable<TestVersion['replicas']>,
  changes: Partial<ServiceRoute> = {},
): ServiceRoute {
  return {
    name,
    workspace: 'ws',
    keyDigests: [],
    tokens: null,
    maxConcurrentRequestsPerContainer: 10,
    maxQueueWaitMs: 2000,
    scoringTimeoutMs: 5000,
    replicas: replicas.map(({ id, path }) => ({ id, revision: 'r', address: { kind: 'unix', path } })),
    desiredReplicas: replicas.length,
    scaling: 'as many as the test says',
    ...changes,
  };
}
