/** Names, addresses and folders of cluster number N. All follow from the number, so that two clusters never meet. */
import { homedir } from 'node:os';
import { join } from 'node:path';

export interface NodeLayout {
  readonly name: string;
  readonly address: string;
  /** Pods on this node get their addresses from it. */
  readonly podRange: string;
  readonly podGateway: string;
  /** The host's end of the link to the node. */
  readonly link: string;
  readonly folder: string;
}

export interface Layout {
  readonly number: number;
  readonly folder: string;
  readonly logs: string;
  /** One file for each process. */
  readonly records: string;
  readonly kubeconfig: string;
  /** Certificates, keys and tokens. */
  readonly secrets: string;
  readonly bridge: string;
  /** Everything that the cluster addresses is in here. */
  readonly network: string;
  /** The host's address on the bridge, where the control plane listens. */
  readonly hostAddress: string;
  /** The service address is what pods call it by. */
  readonly apiServer: { readonly port: number; readonly url: string; readonly serviceAddress: string };
  readonly serviceRange: string;
  /** Parent of all the nodes' cgroups. */
  readonly cgroup: string;
  readonly nodes: readonly NodeLayout[];
}

const NODES = ['node1', 'node2'];
/** Free, because the cluster's address on the bridge is nobody else's. */
const API_SERVER_PORT = 6443;

export function layoutOf(number: number, folder = join(clustersFolder(), String(number))): Layout {
  if (!Number.isInteger(number) || number < 0 || number > 50) {
    throw new Error(`A cluster's number is a whole number from 0 to 50, not ${number}.`);
  }
  const prefix = `10.${200 + number}`;
  const bridge = `farledN${number}`;
  const hostAddress = `${prefix}.0.1`;
  return {
    number,
    folder,
    logs: join(folder, 'logs'),
    records: join(folder, 'processes'),
    kubeconfig: join(folder, 'kubeconfig'),
    secrets: join(folder, 'secrets'),
    bridge,
    network: `${prefix}.0.0/16`,
    hostAddress,
    apiServer: {
      port: API_SERVER_PORT,
      url: `https://${hostAddress}:${API_SERVER_PORT}`,
      serviceAddress: `${prefix}.128.1`,
    },
    serviceRange: `${prefix}.128.0/17`,
    cgroup: `farled-test-cluster-${number}`,
    nodes: NODES.map((name, index) => ({
      name,
      address: `${prefix}.0.${index + 2}`,
      podRange: `${prefix}.${index + 1}.0/24`,
      podGateway: `${prefix}.${index + 1}.1`,
      link: `${bridge}-${index + 1}`,
      folder: join(folder, 'nodes', name),
    })),
  };
}

export function clustersFolder(): string {
  return join(process.env['XDG_STATE_HOME'] ?? join(homedir(), '.local', 'state'), 'farled-test-cluster');
}

/** What takes minutes to make and is the same for every cluster. */
export function cacheFolder(): string {
  return join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'farled-test-cluster');
}
