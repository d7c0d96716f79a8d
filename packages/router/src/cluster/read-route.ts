/** The route that a labelled Secret carries. */
import { CLUSTER, ClusterRoute } from '@farled/contract';
import type { Secret } from '@farled/kubernetes';

export type ReadRoute =
  | { readonly kind: 'route'; readonly route: ClusterRoute }
  /** One sentence; what the Secret holds is not in it. */
  | { readonly kind: 'fault'; readonly fault: string };

/** A Secret is never changed, only replaced by a newer one: each is read once. */
const read = new WeakMap<Secret, ReadRoute>();

export function readRoute(secret: Secret): ReadRoute {
  const known = read.get(secret);
  if (known !== undefined) {
    return known;
  }
  const result = parse(secret);
  read.set(secret, result);
  return result;
}

function parse({ metadata, data }: Secret): ReadRoute {
  const fault = (why: string): ReadRoute => ({
    kind: 'fault',
    fault: `The Secret ${metadata.namespace}/${metadata.name} carries no route: ${why}. The service is left out until it is put right.`,
  });
  const encoded = data?.[CLUSTER.routeKey];
  if (encoded === undefined) {
    return fault(`it has no key ${CLUSTER.routeKey}`);
  }
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(encoded, 'base64').toString());
  } catch {
    // The parser's own words would quote the Secret.
    return fault(`${CLUSTER.routeKey} is not JSON`);
  }
  const result = ClusterRoute.safeParse(value);
  return result.success
    ? { kind: 'route', route: result.data }
    : fault(result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '));
}
