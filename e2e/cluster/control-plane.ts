/** etcd, API server, controller manager and scheduler, on the host. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { authorityIn, createAuthority, createSigningKey, issueCertificate } from './certificates.ts';
import { run } from './commands.ts';
import { writeKubeconfig } from './kubeconfig.ts';
import type { Layout } from './layout.ts';
import { endProcess, startProcess, waitUntil, type ProcessRecord } from './processes.ts';
import type { ClusterState, User } from './state.ts';

const PORT = 6443;

export function apiServerUrl(layout: Layout): string {
  return `https://${layout.hostAddress}:${PORT}`;
}

/** Everything the control plane reads from disk: certificates, keys, tokens, kubeconfigs. */
export async function prepareControlPlane(layout: Layout, { users }: ClusterState): Promise<void> {
  const folder = controlPlaneFolder(layout);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const authority = await createAuthority(folder);
  await issueCertificate(authority, {
    folder,
    name: 'api-server',
    names: [
      ...['127.0.0.1', layout.hostAddress, layout.apiServiceAddress].map((address) => `IP:${address}`),
      ...['localhost', 'kubernetes', 'kubernetes.default', 'kubernetes.default.svc'].map((name) => `DNS:${name}`),
    ],
  });
  await createSigningKey(join(folder, 'service-accounts-key.pem'));
  const everyone = [users.admin, users.controllerManager, users.scheduler, users.proxy, users.kwok];
  const tokens = [...everyone, ...Object.values(users.nodes)].map(tokenLine);
  await writeFile(join(folder, 'tokens.csv'), tokens.join('\n'), { mode: 0o600 });
  await writeKubeconfig(layout.kubeconfig, { layout, authority, user: users.admin });
  for (const [name, user] of [
    ['controller-manager', users.controllerManager],
    ['scheduler', users.scheduler],
  ] as const) {
    await writeKubeconfig(join(folder, `${name}.kubeconfig`), { layout, authority, user });
  }
}

export async function startControlPlane(layout: Layout, state: ClusterState): Promise<readonly ProcessRecord[]> {
  const etcd = await startEtcd(layout, state);
  const apiServer = await startApiServer(layout, state, [etcd]);
  const file = (name: string): string => join(controlPlaneFolder(layout), name);
  const controllerManager = await startProcess(layout, {
    name: 'kube-controller-manager',
    command: [
      ...[state.kubernetes, 'kube-controller-manager', `--kubeconfig=${file('controller-manager.kubeconfig')}`],
      ...['--leader-elect=false', '--secure-port=0', '--use-service-account-credentials'],
      `--root-ca-file=${authorityIn(controlPlaneFolder(layout)).certificate}`,
      `--service-account-private-key-file=${file('service-accounts-key.pem')}`,
      // Thousands of simulated pods come and go in tests of scale.
      ...['--kube-api-qps=500', '--kube-api-burst=1000'],
    ],
  });
  const schedulerConfig = {
    apiVersion: 'kubescheduler.config.k8s.io/v1',
    kind: 'KubeSchedulerConfiguration',
    clientConnection: { kubeconfig: file('scheduler.kubeconfig'), qps: 500, burst: 1000 },
    leaderElection: { leaderElect: false },
  };
  await writeFile(file('scheduler.json'), JSON.stringify(schedulerConfig));
  const scheduler = await startProcess(layout, {
    name: 'kube-scheduler',
    command: [state.kubernetes, 'kube-scheduler', `--config=${file('scheduler.json')}`, '--secure-port=0'],
  });
  return [etcd, apiServer, controllerManager, scheduler];
}

/** Returns when it answers. */
export async function startApiServer(
  layout: Layout,
  state: ClusterState,
  dependsOn: readonly ProcessRecord[] = [],
): Promise<ProcessRecord> {
  const file = (name: string): string => join(controlPlaneFolder(layout), name);
  const apiServer = await startProcess(layout, {
    name: 'kube-apiserver',
    command: [
      ...[state.kubernetes, 'kube-apiserver', `--etcd-servers=http://127.0.0.1:${state.etcdPort}`],
      ...[`--bind-address=${layout.hostAddress}`, `--advertise-address=${layout.hostAddress}`],
      ...[`--secure-port=${PORT}`, `--service-cluster-ip-range=${layout.serviceRange}`],
      ...[`--tls-cert-file=${file('api-server.pem')}`, `--tls-private-key-file=${file('api-server-key.pem')}`],
      ...['--authorization-mode=Node,RBAC', `--token-auth-file=${file('tokens.csv')}`, '--allow-privileged'],
      '--service-account-issuer=https://kubernetes.default.svc',
      `--service-account-key-file=${file('service-accounts-key.pem')}`,
      `--service-account-signing-key-file=${file('service-accounts-key.pem')}`,
      // Node names resolve nowhere.
      '--kubelet-preferred-address-types=InternalIP',
    ],
  });
  await waitUntil('the API server', () => isReady(layout, state), {
    processes: [...dependsOn, apiServer],
    timeoutMs: 60_000,
  });
  return apiServer;
}

export async function stopApiServer(layout: Layout): Promise<void> {
  await endProcess(layout, 'kube-apiserver', 'SIGKILL');
}

export async function isReady(layout: Layout, { kubernetes }: ClusterState): Promise<boolean> {
  const ask = ['kubectl', `--kubeconfig=${layout.kubeconfig}`, '--request-timeout=2s', 'get', '--raw=/readyz'];
  return (await run(kubernetes, ask)) === 'ok';
}

export function controlPlaneFolder(layout: Layout): string {
  return join(layout.folder, 'control-plane');
}

async function startEtcd(layout: Layout, { etcdPort, etcdPeerPort }: ClusterState): Promise<ProcessRecord> {
  const [client, peer] = [`http://127.0.0.1:${etcdPort}`, `http://127.0.0.1:${etcdPeerPort}`];
  return startProcess(layout, {
    name: 'etcd',
    command: [
      ...['etcd', '--name=farled', `--data-dir=${join(layout.folder, 'etcd')}`],
      ...[`--listen-client-urls=${client}`, `--advertise-client-urls=${client}`],
      ...[`--listen-peer-urls=${peer}`, `--initial-advertise-peer-urls=${peer}`, `--initial-cluster=farled=${peer}`],
      // A crash of the machine may take the cluster with it.
      ...['--unsafe-no-fsync', '--quota-backend-bytes=4294967296', '--logger=zap', '--log-level=warn'],
    ],
  });
}

function tokenLine({ name, group, token }: User): string {
  return [token, name, name, ...(group === undefined ? [] : [group])].join(',');
}
