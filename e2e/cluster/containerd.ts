/** The container engine of a node. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { run } from './commands.ts';
import type { Layout, NodeLayout } from './layout.ts';
import { IN_NODE, type RunningNode } from './node.ts';
import { startProcess, waitUntil, type ProcessRecord } from './processes.ts';

/** containerd's socket, inside the node. */
export const SOCKET = '/run/containerd/containerd.sock';

export async function startContainerd(
  layout: Layout,
  node: NodeLayout,
  { running, pauseImage }: { readonly running: RunningNode; readonly pauseImage: string },
): Promise<ProcessRecord> {
  const own = `${IN_NODE.cluster}/nodes/${node.name}`;
  await mkdir(join(node.folder, 'cni'), { recursive: true });
  await writeFile(join(node.folder, 'cni', '10-bridge.conflist'), JSON.stringify(podNetwork(node)));
  await writeFile(join(node.folder, 'containerd.toml'), configuration({ own, pauseImage }));
  const containerd = await startProcess(layout, {
    name: `${node.name}-containerd`,
    command: running.enter(['containerd', '--config', `${own}/containerd.toml`]),
  });
  const [program = '', ...args] = running.enter(['ctr', '--address', SOCKET, 'version']);
  await waitUntil(`containerd of ${node.name}`, async () => (await run(program, args)) !== '', {
    processes: [containerd],
    timeoutMs: 30_000,
  });
  return containerd;
}

function configuration({ own, pauseImage }: { readonly own: string; readonly pauseImage: string }): string {
  return `version = 2
root = "/var/lib/containerd"
state = "/run/containerd"

[grpc]
  address = "${SOCKET}"

[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${pauseImage}"
  # A machine without CAP_SYS_RESOURCE lets nobody lower an OOM score; without this every pod would fail there.
  restrict_oom_score_adj = true

  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"

    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"

      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
        SystemdCgroup = false

  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "${own}/cni"

  [plugins."io.containerd.grpc.v1.cri".registry]
    config_path = "${IN_NODE.cluster}/registries"
`;
}

function podNetwork({ podRange, podGateway }: NodeLayout): object {
  return {
    cniVersion: '0.4.0',
    name: 'pods',
    plugins: [
      {
        type: 'bridge',
        bridge: 'cni0',
        isGateway: true,
        hairpinMode: true,
        ipam: {
          type: 'host-local',
          ranges: [[{ subnet: podRange, gateway: podGateway }]],
          routes: [{ dst: '0.0.0.0/0' }],
        },
      },
      { type: 'portmap', capabilities: { portMappings: true } },
    ],
  };
}
