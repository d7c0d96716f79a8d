/**
 * What the objects of a service are called. A service's name is nearly a DNS label as it is: at most 32 characters and a
 * letter in front, but it may end with a dash, which Kubernetes refuses in names and in label values alike.
 */
import { createHash } from 'node:crypto';

/** Of the Deployment, of the headless Service and of the NetworkPolicy; and the value of the service's label. */
export function objectName(serviceName: string): string {
  const trimmed = serviceName.replace(/-+$/, '');
  return trimmed === serviceName ? serviceName : `${trimmed}-${shortDigest(serviceName)}`;
}

/** Routes of all namespaces lie together; a namespace's name has no dot. */
export function routeSecretName(namespace: string, serviceName: string): string {
  return `${namespace}.${objectName(serviceName)}`;
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
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}
