/** The cluster's own names, by CoreDNS on the host: `<service>.<namespace>.svc.cluster.local`. */
import { Resolver } from 'node:dns/promises';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { writeKubeconfig } from './kubeconfig.ts';
import type { Layout } from './layout.ts';
import { startProcess, waitUntil, type ProcessRecord } from './processes.ts';
import { program } from './programs.ts';
import type { ClusterState } from './state.ts';

export const DNS_DOMAIN = 'cluster.local';

export async function startDns(layout: Layout, { users }: ClusterState): Promise<ProcessRecord> {
  const kubeconfig = join(layout.secrets, 'dns.kubeconfig');
  await writeKubeconfig(layout, kubeconfig, users.dns);
  const corefile = join(layout.folder, 'Corefile');
  await writeFile(
    corefile,
    `. {
      bind ${layout.hostAddress}
      errors
      kubernetes ${DNS_DOMAIN} in-addr.arpa {
        kubeconfig ${kubeconfig}
        pods verified
      }
      loadbalance
    }`,
  );
  const dns = await startProcess(layout, {
    name: 'coredns',
    command: [await program('coredns'), '-conf', corefile],
  });
  const resolver = new Resolver({ timeout: 500, tries: 1 });
  resolver.setServers([layout.hostAddress]);
  await waitUntil(
    'DNS to know the API server',
    async () => {
      const addresses = await resolver.resolve4(`kubernetes.default.svc.${DNS_DOMAIN}`);
      return addresses.includes(layout.apiServer.serviceAddress);
    },
    { processes: [dns], timeoutMs: 30_000 },
  );
  return dns;
}
