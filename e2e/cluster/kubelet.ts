/** What makes a node one of Kubernetes: kubelet, and kube-proxy for its services. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { SOCKET } from './containerd.ts';
import { DNS_DOMAIN } from './dns.ts';
import { flags } from './flags.ts';
import { writeKubeconfig } from './kubeconfig.ts';
import type { Layout, NodeLayout } from './layout.ts';
import { cgroupOf, IN_NODE, inNode, type RunningNode } from './node.ts';
import { startProcess, type ProcessRecord } from './processes.ts';
import type { ClusterState, User } from './state.ts';

export async function startKubelet(
  layout: Layout,
  node: NodeLayout,
  { running, state }: { readonly running: RunningNode; readonly state: ClusterState },
): Promise<readonly ProcessRecord[]> {
  const own = `${IN_NODE.cluster}/nodes/${node.name}`;
  const kubernetes = inNode(state.kubernetes);
  const user = state.users.nodes[node.name];
  if (user === undefined) {
    throw new Error(`Node ${node.name} is not one of this cluster's: ${Object.keys(state.users.nodes).join(', ')}.`);
  }
  const kubeconfig = async (name: string, whose: User): Promise<string> => {
    await writeKubeconfig(layout, join(node.folder, name), whose);
    return `${own}/${name}`;
  };
  await writeFile(join(node.folder, 'kubelet.json'), JSON.stringify(configuration(layout, node)));
  const kubeletFlags = flags({
    config: `${own}/kubelet.json`,
    kubeconfig: await kubeconfig('kubelet.kubeconfig', user),
    'hostname-override': node.name,
    'node-ip': node.address,
  });
  const proxyFlags = flags({
    kubeconfig: await kubeconfig('kube-proxy.kubeconfig', state.users.proxy),
    'hostname-override': node.name,
    'proxy-mode': 'nftables',
    // Only what comes from a pod of this node may keep its address: the answers to the host must come back this way.
    'detect-local-mode': 'BridgeInterface',
    'pod-bridge-interface': 'cni0',
    // Zero means that the machine's limits stay as they are.
    'conntrack-max-per-core': 0,
    'conntrack-min': 0,
    'conntrack-tcp-timeout-established': 0,
    'conntrack-tcp-timeout-close-wait': 0,
  });
  const kubelet = await startProcess(layout, {
    name: `${node.name}-kubelet`,
    command: running.enter([kubernetes, 'kubelet', ...kubeletFlags]),
  });
  const proxy = await startProcess(layout, {
    name: `${node.name}-kube-proxy`,
    command: running.enter([kubernetes, 'kube-proxy', ...proxyFlags]),
  });
  return [kubelet, proxy];
}

function configuration(layout: Layout, node: NodeLayout): object {
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    address: node.address,
    containerRuntimeEndpoint: `unix://${SOCKET}`,
    // Only this machine reaches the node.
    authentication: { anonymous: { enabled: true }, webhook: { enabled: false } },
    authorization: { mode: 'AlwaysAllow' },
    cgroupDriver: 'cgroupfs',
    cgroupRoot: `/${cgroupOf(layout, node)}`,
    failCgroupV1: false,
    failSwapOn: false,
    // A full disk of the machine is no reason to fail tests.
    evictionHard: {},
    imageGCHighThresholdPercent: 100,
    imageGCLowThresholdPercent: 99,
    enforceNodeAllocatable: [],
    localStorageCapacityIsolation: false,
    resolvConf: '',
    clusterDNS: [layout.hostAddress],
    clusterDomain: DNS_DOMAIN,
    maxPods: 200,
    serializeImagePulls: false,
    registryPullQPS: 0,
    eventRecordQPS: 0,
    kubeAPIQPS: 100,
    kubeAPIBurst: 200,
    volumePluginDir: '/var/lib/kubelet/volume-plugins',
  };
}
