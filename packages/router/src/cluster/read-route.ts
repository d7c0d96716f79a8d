/** The route that a labelled Secret carries: of a service, or of an endpoint. */
import { CLUSTER, ClusterRoute, EndpointRoute } from '@farled/contract';
import type { Secret } from '@farled/kubernetes';
import type { z } from 'zod';

export type ReadRoute =
  | { readonly kind: 'route'; readonly route: ClusterRoute }
  | { readonly kind: 'endpoint'; readonly route: EndpointRoute }
  /** One sentence; what the Secret holds is not in it. */
  | { readonly kind: 'fault'; readonly fault: string };

/** A Secret is never changed, only replaced by a newer one: each is read once. */
const read = new WeakMap<Secret, ReadRoute>();

export function readRoute(secret: Secret): ReadRoute {
  const known = read.get(secret);
  if (known !== undefined) {
    return known;
  }
  const isEndpoint = secret.metadata.labels?.[CLUSTER.roleLabel] === 'endpoint';
  const result: ReadRoute = isEndpoint
    ? parse(secret, { kind: 'endpoint', key: CLUSTER.endpointKey, schema: EndpointRoute })
    : parse(secret, { kind: 'route', key: CLUSTER.routeKey, schema: ClusterRoute });
  read.set(secret, result);
  return result;
}

interface Carried<K extends ReadRoute['kind'], Route> {
  readonly kind: K;
  readonly key: string;
  readonly schema: z.ZodType<Route>;
}

interface Fault {
  readonly kind: 'fault';
  readonly fault: string;
}

function parse<K extends 'route' | 'endpoint', Route>(
  { metadata, data }: Secret,
  { kind, key, schema }: Carried<K, Route>,
): { readonly kind: K; readonly route: Route } | Fault {
  const fault = (why: string): Fault => ({
    kind: 'fault',
    fault: `The Secret ${metadata.namespace}/${metadata.name} carries no ${kind}: ${why}. The ${kind === 'route' ? 'service' : 'endpoint'} is left out until it is put right.`,
  });
  const encoded = data?.[key];
  if (encoded === undefined) {
    return fault(`it has no key ${key}`);
  }
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(encoded, 'base64').toString());
  } catch {
    // The parser's own words would quote the Secret.
    return fault(`${key} is not JSON`);
  }
  const result = schema.safeParse(value);
  return result.success
    ? { kind, route: result.data }
    : fault(result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '));
}
