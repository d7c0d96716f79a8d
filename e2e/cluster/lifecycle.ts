/** The order in which a cluster comes up and goes down. */
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';

import { pauseImage, pythonImage } from './base-image.ts';
import { removeCgroup } from './cgroups.ts';
import { startContainerd } from './containerd.ts';
import { prepareControlPlane, startControlPlane } from './control-plane.ts';
import { startDns } from './dns.ts';
import { kubectl } from './kubectl.ts';
import { startKubelet } from './kubelet.ts';
import { clustersFolder, layoutOf, type Layout, type NodeLayout } from './layout.ts';
import { createBridge, deleteBridge, folderOfBridge, hasNodes, requireFreeNetwork } from './network.ts';
import { startNode, stopNode, type RunningNode } from './node.ts';
import { freePort } from './ports.ts';
import { endProcess, isAlive, recordedProcesses, waitUntil, type ProcessRecord } from './processes.ts';
import { program } from './programs.ts';
import { push, startRegistry } from './registry.ts';
import { writeState, type ClusterState, type ProcessId, type User } from './state.ts';

export interface BringUpOptions {
  readonly testRuns?: readonly ProcessId[];
  readonly report?: (line: string) => void;
}

/** Where the image that holds pods' namespaces is, in every cluster's registry. */
const PAUSE = 'base/pause:1';
const PYTHON = 'base/python:3.11';

export async function bringUp(layout: Layout, { testRuns, report = () => {} }: BringUpOptions): Promise<ClusterState> {
  requireRoot();
  await clearRemains(layout);
  await requireFreeNetwork(layout);
  // Somebody may have been killed while bringing it up.
  await takeDown(layout);
  const kubernetes = await program('kubernetes', report);
  await program('coredns', report);
  const archives = { pause: await pauseImage(report), python: await pythonImage(report) };
  const state: ClusterState = {
    phase: 'starting',
    users: createUsers(layout),
    etcdPort: await freePort(),
    etcdPeerPort: await freePort(),
    registryPort: await freePort(),
    kubernetes,
    ...(testRuns && { testRuns }),
  };
  try {
    for (const folder of [layout.folder, layout.logs, layout.records, join(layout.folder, 'registries')]) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
    }
    await writeState(layout, state);
    await createBridge(layout);
    await prepareControlPlane(layout, state);
    const [controlPlane, nodes] = await allEnded([
      startControlPlane(layout, state),
      allEnded(layout.nodes.map((node) => startEngine(layout, node, state))),
      fillRegistry(layout, state, archives),
    ]);
    const kubelets = await allEnded(nodes.map((start) => start()));
    const dns = await startDns(layout, state);
    await waitForNodes(layout, state, [...controlPlane, ...kubelets.flat(), dns]);
    const up: ClusterState = { ...state, phase: 'up' };
    await writeState(layout, up);
    return up;
  } catch (error) {
    await undo(layout).catch((another: unknown) => {
      throw new Error(`${String(error)}\nThen, what had been started could not be taken down: ${String(another)}`, {
        cause: error,
      });
    });
    throw error;
  }
}

export async function takeDown(layout: Layout): Promise<void> {
  await end(layout);
  await rm(layout.folder, { recursive: true, force: true });
  // Goes when it was the last cluster's.
  await rmdir(clustersFolder()).catch(() => {});
}

/** Whether a cluster of another home, one that lives, has the number of this one. */
export async function isTaken(layout: Layout): Promise<boolean> {
  const folder = await folderOfBridge(layout);
  if (folder === undefined || folder === layout.folder) {
    return false;
  }
  const processes = await recordedProcesses(layoutOf(layout.number, folder));
  return processes.some(isAlive) || (await hasNodes(layout));
}

/** What a cluster of another home left when the machine took its processes away. Its files stay where they are. */
export async function clearRemains(layout: Layout): Promise<void> {
  const folder = await folderOfBridge(layout);
  if (folder !== undefined && folder !== layout.folder && !(await isTaken(layout))) {
    await end(layoutOf(layout.number, folder));
  }
}

export async function startNodeAgain(layout: Layout, node: NodeLayout, state: ClusterState): Promise<void> {
  const start = await startEngine(layout, node, state);
  await waitForNodes(layout, state, await start());
}

/** The error of a failed start tells which log to look into, so the logs stay until the next one. */
async function undo(layout: Layout): Promise<void> {
  await end(layout);
  for (const entry of await readdir(layout.folder)) {
    if (join(layout.folder, entry) !== layout.logs) {
      await rm(join(layout.folder, entry), { recursive: true, force: true });
    }
  }
}

async function end(layout: Layout): Promise<void> {
  await Promise.all(layout.nodes.map((node) => stopNode(layout, node)));
  // Nothing that they would tidy up on a gentler signal outlives them.
  await Promise.all((await recordedProcesses(layout)).map(({ name }) => endProcess(layout, name, 'SIGKILL')));
  await removeCgroup(layout.cgroup);
  await deleteBridge(layout);
}

/** As Promise.all, but a failure waits for the others: they must start nothing while it is undone. */
async function allEnded<T extends readonly unknown[] | []>(
  promises: T,
): Promise<{ -readonly [P in keyof T]: Awaited<T[P]> }> {
  await Promise.allSettled(promises);
  return Promise.all(promises);
}

/** Everything of a node that needs no API server; the kubelet starts with the function that is returned. */
async function startEngine(
  layout: Layout,
  node: NodeLayout,
  state: ClusterState,
): Promise<() => Promise<readonly ProcessRecord[]>> {
  const pause = await program('pause');
  const running: RunningNode = await startNode(layout, node, pause);
  const pauseImageName = `127.0.0.1:${state.registryPort}/${PAUSE}`;
  const containerd = await startContainerd(layout, node, { running, pauseImage: pauseImageName });
  return async () => [containerd, ...(await startKubelet(layout, node, { running, state }))];
}

async function fillRegistry(
  layout: Layout,
  { registryPort }: ClusterState,
  archives: { readonly pause: string; readonly python: string },
): Promise<void> {
  const { host } = await startRegistry(layout, registryPort);
  await push({ image: `${host}/${PAUSE}`, from: `oci-archive:${archives.pause}` });
  await push({ image: `${host}/${PYTHON}`, from: `oci-archive:${archives.python}` });
}

async function waitForNodes(layout: Layout, state: ClusterState, processes: readonly ProcessRecord[]): Promise<void> {
  const ready = 'jsonpath={range .items[*]}{.status.conditions[?(@.type=="Ready")].status} {end}';
  await waitUntil(
    'all nodes to be ready',
    async () => {
      const names = layout.nodes.map(({ name }) => name);
      // Without its default service account a namespace refuses pods.
      await kubectl(layout, state, ['get', 'serviceaccount', 'default']);
      const said = await kubectl(layout, state, ['get', 'nodes', ...names, '-o', ready]);
      return said.trim() === names.map(() => 'True').join(' ');
    },
    { processes, timeoutMs: 60_000 },
  );
}

function createUsers(layout: Layout): ClusterState['users'] {
  const user = (name: string, group?: string): User => ({
    name,
    ...(group !== undefined && { group }),
    token: randomBytes(24).toString('hex'),
  });
  return {
    admin: user('admin', 'system:masters'),
    controllerManager: user('system:kube-controller-manager'),
    scheduler: user('system:kube-scheduler'),
    proxy: user('system:kube-proxy'),
    dns: user('dns', 'system:masters'),
    kwok: user('kwok', 'system:masters'),
    nodes: Object.fromEntries(layout.nodes.map(({ name }) => [name, user(`system:node:${name}`, 'system:nodes')])),
  };
}

function requireRoot(): void {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) {
    throw new Error(
      'The test cluster needs root on Linux. Elsewhere, set KUBECONFIG and FARLED_TEST_REGISTRY to use another cluster.',
    );
  }
}
