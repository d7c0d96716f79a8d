/**
 * What the objects of a service are called. A service's name is nearly a DNS label as it is: at most 32 characters and a
 * letter in front, but it may end with a dash, which Kubernetes refuses in names and in label values alike. A version of
 * an endpoint is called `endpoint.version`, and its objects by what they begin with and a digest.
 */
import { createHash } from 'node:crypto';

/** Of the Deployment, of the headless Service and of the NetworkPolicy; and the value of the service's label. */
export function objectName(serviceName: string): string {
  const [endpoint = '', version] = serviceName.split('.');
  if (version !== undefined) {
    // Longer than any name of a service can be, so that no user can take it.
    return `${endpoint.slice(0, 17)}-${version.slice(0, 17)}-${digest(serviceName).slice(0, 26)}`;
  }
  const trimmed = serviceName.replace(/-+$/, '');
  return trimmed === serviceName ? serviceName : `${trimmed}-${shortDigest(serviceName)}`;
}

/** Routes of all namespaces lie together; a namespace's name has no dot. */
export function routeSecretName(namespace: string, serviceName: string): string {
  return `${namespace}.${objectName(serviceName)}`;
}

/** Of what routers are told of an endpoint: with its id, so that an endpoint of another Farled has another. */
export function endpointSecretName(endpointName: string, endpointId: string): string {
  return `endpoint.${objectName(endpointName)}.${endpointId}`;
}

/** Another content, another name: pods of the revision before keep what they were started with. */
export function environmentSecretName(
  serviceName: string,
  environmentVariables: Readonly<Record<string, string>>,
): string {
  return `${objectName(serviceName)}-environment-${shortDigest(JSON.stringify(sortedEntries(environmentVariables)))}`;
}

/** In one order whatever order they were said in, so that equal workloads make equal objects. */
export function sortedEntries(record: Readonly<Record<string, string>>): [name: string, value: string][] {
  return Object.entries(record).toSorted(([a], [b]) => (a < b ? -1 : 1));
}

function shortDigest(text: string): string {
  return digest(text).slice(0, 8);
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
