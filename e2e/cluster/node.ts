/**
 * A node is a process with namespaces of its own for the network, mounts and processes. It sees the host's files, except
 * that /run and /var are its own. When its first process is killed the kernel ends everything in it, and mounts, links
 * and firewall rules go with it: a machine that loses its power.
 */
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { createCgroup, removeCgroup } from './cgroups.ts';
import { run } from './commands.ts';
import { cacheFolder, type Layout, type NodeLayout } from './layout.ts';
import { connectNode, disconnectNode } from './network.ts';
import { endProcess, recordProcess, startProcess, waitUntil } from './processes.ts';

/** Where the folders of the cluster and of the built programs are inside a node. */
export const IN_NODE = { cluster: '/var/farled', programs: '/var/farled-programs' };

/** A kubelet insists on these and would set them for the whole machine; in a node it finds them set. */
const KERNEL_SETTINGS = {
  '/proc/sys/vm/overcommit_memory': '1',
  '/proc/sys/vm/panic_on_oom': '0',
  '/proc/sys/kernel/panic': '10',
  '/proc/sys/kernel/panic_on_oops': '1',
  '/proc/sys/kernel/keys/root_maxkeys': '1000000',
  '/proc/sys/kernel/keys/root_maxbytes': '25000000',
};

export interface RunningNode {
  /** Its first process, as the host numbers it. */
  readonly init: number;
  /** The command that runs another one inside the node. */
  readonly enter: (command: readonly string[]) => readonly string[];
}

export async function startNode(layout: Layout, node: NodeLayout, pause: string): Promise<RunningNode> {
  const script = await writeStartScript(layout, node);
  await createCgroup(cgroupOf(layout, node));
  const namespaces = ['--mount', '--net', '--pid', '--fork', '--mount-proc', '--kill-child', '--propagation=private'];
  const unshare = await startProcess(layout, {
    name: `${node.name}-namespaces`,
    command: ['unshare', ...namespaces, 'sh', script, inNode(pause)],
  });
  let init = 0;
  await waitUntil(
    `${node.name} to have its namespaces`,
    async () => {
      init = (await childrenOf(unshare.pid))[0] ?? 0;
      return (await readFile(`/proc/${init}/comm`, 'utf8')).trim() === 'pause';
    },
    { processes: [unshare], timeoutMs: 10_000 },
  );
  await recordProcess(layout, { name: node.name, pid: init, log: unshare.log });
  await connectNode(layout, node, init);
  const enter = (command: readonly string[]): readonly string[] => {
    return ['nsenter', '--target', String(init), '--mount', '--net', '--pid', '--', ...command];
  };
  await run('nsenter', enter(['sh', '-c', 'echo 1 > /proc/sys/net/ipv4/ip_forward']).slice(1));
  return { init, enter };
}

export async function stopNode(layout: Layout, node: NodeLayout): Promise<void> {
  await endProcess(layout, node.name, 'SIGKILL');
  for (const part of ['namespaces', 'containerd', 'kubelet', 'kube-proxy']) {
    await endProcess(layout, `${node.name}-${part}`, 'SIGKILL');
  }
  await disconnectNode(layout, node);
  await removeCgroup(cgroupOf(layout, node));
}

/** The path inside a node of something in the cache folder. */
export function inNode(path: string): string {
  return path.replace(cacheFolder(), IN_NODE.programs);
}

/** The parent of the cgroups of all its pods. */
export function cgroupOf(layout: Layout, node: NodeLayout): string {
  return `${layout.cgroup}/${node.name}`;
}

async function writeStartScript(layout: Layout, node: NodeLayout): Promise<string> {
  const own = join(node.folder, 'var');
  for (const folder of ['lib', 'log', 'tmp', 'farled', 'farled-programs']) {
    await mkdir(join(own, folder), { recursive: true });
  }
  await symlink('/run', join(own, 'run')).catch(ignoreExisting);
  const settings = join(node.folder, 'kernel-settings');
  await mkdir(settings, { recursive: true });
  const lines = ['set -e', `mount --bind '${layout.folder}' '${own}/farled'`];
  for (const [setting, value] of Object.entries(KERNEL_SETTINGS)) {
    const file = join(settings, setting.replaceAll('/', '-'));
    await writeFile(file, `${value}\n`);
    lines.push(`mount --bind '${file}' '${setting}'`);
  }
  lines.push(
    `mount --bind '${cacheFolder()}' '${own}/farled-programs'`,
    `mount --rbind '${own}' /var`,
    'mount -t tmpfs tmpfs /run',
    'exec "$1"',
  );
  const script = join(node.folder, 'start.sh');
  await writeFile(script, `${lines.join('\n')}\n`);
  return script;
}

async function childrenOf(pid: number): Promise<readonly number[]> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return children.split(' ').filter(Boolean).map(Number);
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') {
    throw error;
  }
}
