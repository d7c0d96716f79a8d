import { readFile } from 'node:fs/promises';

import { CLUSTER, routes } from '@farled/contract';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { Cluster } from '../cluster/cluster.ts';
import { attachOrStart, START_TIMEOUT_MS, whyNoCluster } from '../cluster/shared-cluster.ts';
import { azuremlClient, type AzuremlClient, faults } from '../harness/azureml-client.ts';
import { startServer, type TestServer } from '../harness/server.ts';
import { claimCluster } from './claim.ts';
import { get } from './objects.ts';
import { leaveCluster, registryVariables } from './server.ts';

describe.skipIf(whyNoCluster() !== undefined)('compute targets of azureml-core on a Kubernetes', () => {
  let cluster: Cluster;
  let parts: AsyncDisposableStack;
  let server: TestServer;
  let client: AzuremlClient;

  beforeAll(async () => {
    cluster = await attachOrStart();
    await using started = new AsyncDisposableStack();
    started.use(await claimCluster(cluster));
    server = started.use(await startServer(registryVariables(cluster)));
    started.defer(() => leaveCluster(server));
    client = started.use(await azuremlClient(server));
    parts = started.move();
  }, START_TIMEOUT_MS);

  afterAll(async () => {
    await parts?.disposeAsync();
  });

  test('are attached, changed, looked into and detached', async () => {
    const { resourceId } = await server.client.call(routes.clusters.add, {
      params: { subscriptionId: server.workspace.subscriptionId, resourceGroup: 'shipping', cluster: 'kube' },
      body: { kind: 'kubernetes', kubeconfig: await readFile(cluster.kubeconfig, 'utf8') },
    });
    expect(faults(await client.run('compute_on_kubernetes.py', [resourceId, 'kubectl']))).toEqual([]);
    expect(await get(cluster, 'namespace', CLUSTER.systemNamespace)).toBeUndefined();
  }, 300_000);
});
