/** etcd, API server, controller manager and scheduler, on the host. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { authorityIn, createAuthority, createSigningKey, issueCertificate } from './certificates.ts';
import { flags } from './flags.ts';
import { writeKubeconfig } from './kubeconfig.ts';
import { kubectl } from './kubectl.ts';
import type { Layout } from './layout.ts';
import { endProcess, startProcess, waitUntil, type ProcessRecord } from './processes.ts';
import type { ClusterState, User } from './state.ts';

/** Tests of scale make thousands of objects; the default rates would make them wait. */
const RATE = { qps: 500, burst: 1000 };

/** Everything that the control plane reads from disk: certificates, keys, tokens, kubeconfigs. */
export async function prepareControlPlane(layout: Layout, { users }: ClusterState): Promise<void> {
  await mkdir(layout.secrets, { recursive: true, mode: 0o700 });
  const authority = await createAuthority(layout.secrets);
  const addresses = ['127.0.0.1', layout.hostAddress, layout.apiServer.serviceAddress];
  const names = ['localhost', 'kubernetes', 'kubernetes.default', 'kubernetes.default.svc'];
  await issueCertificate(authority, {
    folder: layout.secrets,
    name: 'api-server',
    names: [...addresses.map((address) => `IP:${address}`), ...names.map((name) => `DNS:${name}`)],
  });
  await createSigningKey(secret(layout, 'service-accounts-key.pem'));
  const { nodes, ...others } = users;
  const tokens = [...Object.values(others), ...Object.values(nodes)].map(tokenLine);
  await writeFile(secret(layout, 'tokens.csv'), tokens.join('\n'), { mode: 0o600 });
  await writeKubeconfig(layout, layout.kubeconfig, users.admin);
  await writeKubeconfig(layout, secret(layout, 'controller-manager.kubeconfig'), users.controllerManager);
  await writeKubeconfig(layout, secret(layout, 'scheduler.kubeconfig'), users.scheduler);
}

export async function startControlPlane(layout: Layout, state: ClusterState): Promise<readonly ProcessRecord[]> {
  const etcd = await startEtcd(layout, state);
  const apiServer = await startApiServer(layout, state, [etcd]);
  return [etcd, apiServer, await startControllerManager(layout, state), await startScheduler(layout, state)];
}

/** Returns when it answers. */
export async function startApiServer(
  layout: Layout,
  state: ClusterState,
  dependsOn: readonly ProcessRecord[] = [],
): Promise<ProcessRecord> {
  const signingKey = secret(layout, 'service-accounts-key.pem');
  const options = flags({
    'etcd-servers': `http://127.0.0.1:${state.etcdPort}`,
    'bind-address': layout.hostAddress,
    'advertise-address': layout.hostAddress,
    'secure-port': layout.apiServer.port,
    'service-cluster-ip-range': layout.serviceRange,
    'tls-cert-file': secret(layout, 'api-server.pem'),
    'tls-private-key-file': secret(layout, 'api-server-key.pem'),
    'token-auth-file': secret(layout, 'tokens.csv'),
    'authorization-mode': 'Node,RBAC',
    'allow-privileged': true,
    'service-account-issuer': 'https://kubernetes.default.svc',
    'service-account-key-file': signingKey,
    'service-account-signing-key-file': signingKey,
    // The names of nodes resolve nowhere.
    'kubelet-preferred-address-types': 'InternalIP',
  });
  const name = 'kube-apiserver';
  const apiServer = await startProcess(layout, { name, command: [state.kubernetes, name, ...options] });
  const ask = ['get', '--raw=/readyz', '--request-timeout=2s'];
  await waitUntil('the API server', async () => (await kubectl(layout, state, ask)) === 'ok', {
    processes: [...dependsOn, apiServer],
    timeoutMs: 60_000,
  });
  return apiServer;
}

export async function stopApiServer(layout: Layout): Promise<void> {
  await endProcess(layout, 'kube-apiserver', 'SIGKILL');
}

function startEtcd(layout: Layout, { kubernetes, etcdPort, etcdPeerPort }: ClusterState): Promise<ProcessRecord> {
  const [client, peer] = [`http://127.0.0.1:${etcdPort}`, `http://127.0.0.1:${etcdPeerPort}`];
  const options = flags({
    name: 'farled',
    'data-dir': join(layout.folder, 'etcd'),
    'listen-client-urls': client,
    'advertise-client-urls': client,
    'listen-peer-urls': peer,
    'initial-advertise-peer-urls': peer,
    'initial-cluster': `farled=${peer}`,
    // A crash of the machine may take the cluster with it.
    'unsafe-no-fsync': true,
    'quota-backend-bytes': 4 * 1024 ** 3,
    logger: 'zap',
    'log-level': 'warn',
  });
  return startProcess(layout, { name: 'etcd', command: [kubernetes, 'etcd', ...options] });
}

function startControllerManager(layout: Layout, { kubernetes }: ClusterState): Promise<ProcessRecord> {
  const options = flags({
    kubeconfig: secret(layout, 'controller-manager.kubeconfig'),
    'leader-elect': false,
    'secure-port': 0,
    'use-service-account-credentials': true,
    'root-ca-file': authorityIn(layout.secrets).certificate,
    'service-account-private-key-file': secret(layout, 'service-accounts-key.pem'),
    'kube-api-qps': RATE.qps,
    'kube-api-burst': RATE.burst,
  });
  const name = 'kube-controller-manager';
  return startProcess(layout, { name, command: [kubernetes, name, ...options] });
}

async function startScheduler(layout: Layout, { kubernetes }: ClusterState): Promise<ProcessRecord> {
  const config = join(layout.folder, 'scheduler.json');
  const content = {
    apiVersion: 'kubescheduler.config.k8s.io/v1',
    kind: 'KubeSchedulerConfiguration',
    clientConnection: { kubeconfig: secret(layout, 'scheduler.kubeconfig'), ...RATE },
    leaderElection: { leaderElect: false },
  };
  await writeFile(config, JSON.stringify(content));
  const name = 'kube-scheduler';
  return startProcess(layout, { name, command: [kubernetes, name, ...flags({ config, 'secure-port': 0 })] });
}

function secret(layout: Layout, name: string): string {
  return join(layout.secrets, name);
}

function tokenLine({ name, group, token }: User): string {
  return [token, name, name, ...(group === undefined ? [] : [group])].join(',');
}
