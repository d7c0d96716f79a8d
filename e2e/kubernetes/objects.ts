/** What kubectl shows of Farled in a cluster. */
import { CLUSTER } from '@farled/contract';

import type { Cluster } from '../cluster/cluster.ts';

/** The parts of objects that tests look at. */
export interface Seen {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly deletionTimestamp?: string;
  };
  // oxlint-disable-next-line typescript/no-explicit-any -- a test knows which kind it asked for
  readonly spec?: any;
  // oxlint-disable-next-line typescript/no-explicit-any -- as above
  readonly status?: any;
  readonly data?: Readonly<Record<string, string>>;
}

/** `get` with these arguments, all namespaces' when none is named. */
export async function list({ kubectl }: Pick<Cluster, 'kubectl'>, ...args: string[]): Promise<readonly Seen[]> {
  const said = await kubectl(['get', ...args, '--output=json']);
  return (JSON.parse(said) as { readonly items: readonly Seen[] }).items;
}

export async function get({ kubectl }: Pick<Cluster, 'kubectl'>, ...args: string[]): Promise<Seen | undefined> {
  const said = await kubectl(['get', ...args, '--ignore-not-found', '--output=json']);
  return said === '' ? undefined : (JSON.parse(said) as Seen);
}

export function nameOf({ kind, metadata: { namespace, name } }: Seen): string {
  return [kind, ...(namespace === undefined ? [] : [namespace]), name].join('/');
}

/** Everything of whatever kind that says Farled manages it, and no other Farled than this one. */
export async function ownedObjects(cluster: Cluster, installation: string | undefined): Promise<readonly string[]> {
  const kinds = (await cluster.kubectl(['api-resources', '--verbs=list', '--output=name'])).trim().split('\n');
  const [[label, value] = ['', '']] = Object.entries<string>(CLUSTER.managedBy);
  const found = await list(cluster, kinds.join(','), '--all-namespaces', `--selector=${label}=${value}`);
  const isOurs = ({ metadata: { labels } }: Seen): boolean =>
    installation === undefined || [undefined, installation].includes(labels?.[CLUSTER.installationLabel]);
  return found.filter(isOurs).map(nameOf);
}

/** Which Farled has the cluster; undefined when none has. */
export async function installationIn(cluster: Cluster): Promise<string | undefined> {
  const mark = await get(cluster, 'configmap', 'farled-attachment', `--namespace=${CLUSTER.systemNamespace}`);
  return mark?.data?.['installation'];
}

/** Names of the pods of a service that are not on their way out, with their uids. */
export async function podsOf(cluster: Cluster, service: string): Promise<readonly Seen[]> {
  const pods = await list(cluster, 'pods', '--all-namespaces', `--selector=${CLUSTER.serviceLabel}=${service}`);
  return pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
}

/** Takes out by force what a Farled that is gone, or that a failed test stopped short, has left. */
export async function sweep(cluster: Cluster, installation: string): Promise<void> {
  const ours = `--selector=${CLUSTER.installationLabel}=${installation}`;
  const everywhere = ['--all-namespaces', ours, '--wait=false'];
  await cluster.kubectl(['delete', 'deployments,services,secrets,networkpolicies,poddisruptionbudgets', ...everywhere]);
  await cluster.kubectl(['delete', 'clusterroles,clusterrolebindings', ours]);
  // Kubernetes would give routers minutes to end, and their namespace as long.
  await cluster.kubectl(['delete', 'pods', ...everywhere, '--grace-period=1']);
  await cluster.kubectl(['delete', 'namespaces', ours]);
}
