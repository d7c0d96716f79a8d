/** Simulated nodes: KWOK says of them, and of the pods on them, what a kubelet would say. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { flags } from './flags.ts';
import { writeKubeconfig } from './kubeconfig.ts';
import { kubectl } from './kubectl.ts';
import type { Layout } from './layout.ts';
import { isAlive, recordedProcess, startProcess, waitUntil, type ProcessRecord } from './processes.ts';
import { program } from './programs.ts';
import type { ClusterState } from './state.ts';

export interface SimulatedNodes {
  /** They are called `<name>-1` and so on. */
  readonly name: string;
  readonly count: number;
  /** Of each node: cpu, memory, pods, and whatever else pods may ask for. */
  readonly capacity?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
}

/** Marks a node as simulated, and keeps away pods that do not tolerate it: they would seem to run. */
const MARK = 'kwok.x-k8s.io/node';
const CAPACITY = { cpu: '32', memory: '256Gi', pods: '110' };
/** As many requests as kubectl sends at once before it slows itself down. */
const BATCH = 250;
const BATCHES_AT_ONCE = 4;

/** Instead of KWOK's own stages for nodes, whose heartbeats keep a small machine busy. A lease says as much. */
const READY_AT_ONCE = {
  apiVersion: 'kwok.x-k8s.io/v1alpha1',
  kind: 'Stage',
  metadata: { name: 'node-ready' },
  spec: {
    resourceRef: { apiGroup: 'v1', kind: 'Node' },
    selector: {
      matchExpressions: [
        { key: '.status.conditions.[] | select( .type == "Ready" ) | .status', operator: 'NotIn', values: ['True'] },
      ],
    },
    next: {
      statusTemplate: `
phase: Running
conditions:
- {type: Ready, status: "True", reason: Simulated, lastHeartbeatTime: {{ Now | Quote }}, lastTransitionTime: {{ Now | Quote }}}
`,
    },
  },
};

/** Starts KWOK unless it runs. */
export async function startKwok(layout: Layout, state: ClusterState): Promise<ProcessRecord> {
  const running = await recordedProcess(layout, 'kwok');
  if (running !== undefined && isAlive(running)) {
    return running;
  }
  const kubeconfig = join(layout.secrets, 'kwok.kubeconfig');
  await writeKubeconfig(layout, kubeconfig, state.users.kwok);
  const config = join(layout.folder, 'kwok.json');
  await writeFile(config, JSON.stringify(READY_AT_ONCE));
  const options = flags({
    config,
    kubeconfig,
    'manage-nodes-with-annotation-selector': `${MARK}=fake`,
    // Renewed after a quarter of it, or two when it fails once; the controller manager waits 50 s for that.
    'node-lease-duration-seconds': 80,
    // Simulated pods' addresses lead nowhere, and must not be those of real ones.
    cidr: '198.18.0.0/15',
  });
  return startProcess(layout, { name: 'kwok', command: [await program('kwok'), ...options] });
}

/** Returns when all of them are ready. */
export async function addSimulatedNodes(
  layout: Layout,
  state: ClusterState,
  nodes: SimulatedNodes & { readonly kwok: ProcessRecord },
): Promise<void> {
  const items = Array.from({ length: nodes.count }, (_, index) => nodeNumber(index + 1, nodes));
  const batches = Array.from({ length: Math.ceil(items.length / BATCH) }, (_, index) =>
    items.slice(index * BATCH, (index + 1) * BATCH),
  );
  const createBatches = async (): Promise<void> => {
    for (let batch = batches.pop(); batch !== undefined; batch = batches.pop()) {
      const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: batch });
      await kubectl(layout, state, ['create', '--filename=-'], input);
    }
  };
  await Promise.all(Array.from({ length: BATCHES_AT_ONCE }, createBatches));
  const ready = 'jsonpath={.items[*].status.conditions[?(@.type=="Ready")].status}';
  const ask = ['get', 'nodes', `--selector=${MARK}=${nodes.name}`, `--output=${ready}`];
  await waitUntil(
    `${nodes.count} simulated nodes to be ready`,
    async () => {
      const statuses = (await kubectl(layout, state, ask)).split(' ');
      return statuses.filter((status) => status === 'True').length === nodes.count;
    },
    { processes: [nodes.kwok], timeoutMs: 120_000 },
  );
}

function nodeNumber(number: number, { name, capacity, labels }: SimulatedNodes): object {
  const has = { ...CAPACITY, ...capacity };
  const hostname = `${name}-${number}`;
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name: hostname,
      annotations: { [MARK]: 'fake' },
      labels: { 'kubernetes.io/hostname': hostname, 'kubernetes.io/os': 'linux', [MARK]: name, ...labels },
    },
    spec: { taints: [{ key: MARK, value: 'fake', effect: 'NoSchedule' }] },
    status: { capacity: has, allocatable: has },
  };
}
