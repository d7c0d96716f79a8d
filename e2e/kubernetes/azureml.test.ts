import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { CLUSTER, routes } from '@farled/contract';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { Cluster } from '../cluster/cluster.ts';
import { attachOrStart, START_TIMEOUT_MS, whyNoCluster } from '../cluster/shared-cluster.ts';
import { azuremlClient, type AzuremlClient, faults } from '../harness/azureml-client.ts';
import { startServer, type TestServer } from '../harness/server.ts';
import { claimCluster } from './claim.ts';
import { get } from './objects.ts';
import { leaveCluster, registryVariables } from './server.ts';

describe.skipIf(whyNoCluster() !== undefined)('azureml-core on a Kubernetes', () => {
  let cluster: Cluster;
  let parts: AsyncDisposableStack;
  let server: TestServer;
  let client: AzuremlClient;
  let resourceId: string;

  beforeAll(async () => {
    cluster = await attachOrStart();
    await using started = new AsyncDisposableStack();
    started.use(await claimCluster(cluster));
    server = started.use(await startServer(registryVariables(cluster)));
    started.defer(() => leaveCluster(server));
    client = started.use(await azuremlClient(server));
    ({ resourceId } = await server.client.call(routes.clusters.add, {
      params: { subscriptionId: server.workspace.subscriptionId, resourceGroup: 'shipping', cluster: 'mycluster' },
      body: { kind: 'kubernetes', kubeconfig: await readFile(cluster.kubeconfig, 'utf8') },
    }));
    parts = started.move();
  }, START_TIMEOUT_MS);

  afterAll(async () => {
    await parts?.disposeAsync();
  });

  test('attaches, changes, looks into and detaches a compute target', async () => {
    expect(faults(await client.run('compute_on_kubernetes.py', [resourceId]))).toEqual([]);
    const shown = `--kubeconfig=${join(client.home, 'kubeconfig')}`;
    expect(await cluster.kubectl([shown, 'get', 'nodes', '--output=name'])).toContain('node/');
    expect(await get(cluster, 'namespace', CLUSTER.systemNamespace)).toBeUndefined();
  }, 300_000);

  test('attaches, deploys, scores by key and by token, updates and leaves, as it did in Azure', async () => {
    expect(faults(await client.run('on_kubernetes.py'))).toEqual([]);
    expect(await get(cluster, 'namespace', CLUSTER.systemNamespace)).toBeUndefined();
  }, 600_000);
});
