/** A real Kubernetes on this machine, as tests and the command see it. */
import { startApiServer, stopApiServer } from './control-plane.ts';
import { forgetImage } from './images-on-nodes.ts';
import { kubectl } from './kubectl.ts';
import { addSimulatedNodes, startKwok, type SimulatedNodes } from './kwok.ts';
import { layoutOf, type Layout, type NodeLayout } from './layout.ts';
import { bringUp, startNodeAgain, takeDown } from './lifecycle.ts';
import { withLock } from './lock.ts';
import { stopNode } from './node.ts';
import { freePort } from './ports.ts';
import { isAlive, recordedProcesses, type ProcessRecord } from './processes.ts';
import { startRegistry, type Registry, type RegistryOptions } from './registry.ts';
import { readState, type ClusterState } from './state.ts';

export interface Cluster {
  readonly kubeconfig: string;
  readonly registry: {
    /** `127.0.0.1:PORT`: the same name for the host and for the nodes. */
    readonly host: string;
    /** What pods reach it by. */
    readonly hostForPods: string;
    /** Debian with Python 3.11. */
    readonly baseImage: string;
  };
  readonly nodes: readonly string[];
  /** Runs kubectl as an administrator; what it printed. */
  readonly kubectl: (args: readonly string[], options?: { readonly input?: string }) => Promise<string>;
  /** An outage of the API server: it is killed, and pods go on running. */
  readonly stopApiServer: () => Promise<void>;
  /** Returns when it answers again. */
  readonly startApiServer: () => Promise<void>;
  /** A node loses its power: everything that runs in it is gone at once. */
  readonly stopNode: (name: string) => Promise<void>;
  readonly startNode: (name: string) => Promise<void>;
  /** Another registry, with TLS or a password. */
  readonly startRegistry: (options: RegistryOptions) => Promise<Registry>;
  /** Nodes that only seem to run pods, for tests of scale. They stay until the cluster goes down. */
  readonly simulateNodes: (nodes: SimulatedNodes) => Promise<void>;
  /** Nodes have to pull that image again. */
  readonly forgetImage: (digest: string) => Promise<void>;
  readonly down: () => Promise<void>;
}

export interface ClusterOptions {
  /** Clusters of different numbers can be up at the same time. */
  readonly number?: number;
  readonly report?: (line: string) => void;
}

/** Brings the cluster up; refuses when it is up already. */
export async function startCluster(options: ClusterOptions = {}): Promise<Cluster> {
  const layout = layoutOf(options.number ?? 0);
  return withLock(layout.bridge, async () => {
    if (await isUp(layout)) {
      throw new Error(`Cluster ${layout.number} is up already: use its kubeconfig, or take it down first.`);
    }
    return clusterOf(layout, await bringUp(layout, options));
  });
}

/** The cluster of that number if it is up. */
export async function attachCluster(number = 0): Promise<Cluster | undefined> {
  const layout = layoutOf(number);
  const state = await readState(layout);
  return state !== undefined && (await isUp(layout)) ? clusterOf(layout, state) : undefined;
}

/** Processes that nobody told to end. */
export async function endedProcesses(number = 0): Promise<readonly ProcessRecord[]> {
  return (await recordedProcesses(layoutOf(number))).filter((record) => !isAlive(record));
}

/** Takes down whatever is there of the cluster, half-started or up. */
export async function stopCluster(number = 0): Promise<void> {
  const layout = layoutOf(number);
  await withLock(layout.bridge, () => takeDown(layout));
}

/** Not when the machine was restarted since. */
async function isUp(layout: Layout): Promise<boolean> {
  return (await readState(layout))?.phase === 'up' && (await recordedProcesses(layout)).some(isAlive);
}

export function clusterOf(layout: Layout, state: ClusterState): Cluster {
  const host = `127.0.0.1:${state.registryPort}`;
  const nodeNamed = (name: string): NodeLayout => {
    const found = layout.nodes.find((node) => node.name === name);
    if (found === undefined) {
      throw new Error(`There is no node ${name}; there are ${layout.nodes.map((node) => node.name).join(', ')}.`);
    }
    return found;
  };
  return {
    kubeconfig: layout.kubeconfig,
    registry: {
      host,
      hostForPods: `${layout.hostAddress}:${state.registryPort}`,
      baseImage: `${host}/base/python:3.11`,
    },
    nodes: layout.nodes.map(({ name }) => name),
    kubectl: (args, { input } = {}) => kubectl(layout, state, args, input),
    stopApiServer: () => stopApiServer(layout),
    startApiServer: async () => {
      await startApiServer(layout, state);
    },
    stopNode: (name) => stopNode(layout, nodeNamed(name)),
    startNode: (name) => startNodeAgain(layout, nodeNamed(name), state),
    startRegistry: async (options) => startRegistry(layout, await freePort(), options),
    simulateNodes: async (nodes) => {
      const kwok = await withLock(layout.bridge, () => startKwok(layout, state));
      await addSimulatedNodes(layout, state, { ...nodes, kwok });
    },
    forgetImage: (digest) => forgetImage(layout, digest),
    down: () => withLock(layout.bridge, () => takeDown(layout)),
  };
}
