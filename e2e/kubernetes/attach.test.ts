import { readFile } from 'node:fs/promises';

import { CLUSTER, routes } from '@farled/contract';
import { AksCompute, ComputeTarget, KubernetesCompute } from '@farled/sdk';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { Cluster } from '../cluster/cluster.ts';
import { attachOrStart, START_TIMEOUT_MS, whyNoCluster } from '../cluster/shared-cluster.ts';
import { startServer, type TestServer } from '../harness/server.ts';
import { claimCluster } from './claim.ts';
import { get, installationIn, list } from './objects.ts';
import { expectNothingLeft, leaveCluster, registryVariables } from './server.ts';

describe.skipIf(whyNoCluster() !== undefined)('attaching a Kubernetes', () => {
  let cluster: Cluster;
  let parts: AsyncDisposableStack;
  let server: TestServer;
  let resourceId: string;

  beforeAll(async () => {
    cluster = await attachOrStart();
    await using started = new AsyncDisposableStack();
    started.use(await claimCluster(cluster));
    server = started.use(await startServer(registryVariables(cluster)));
    started.defer(() => leaveCluster(server));
    const added = await server.client.call(routes.clusters.add, {
      params: { subscriptionId: server.workspace.subscriptionId, resourceGroup: 'shipping', cluster: 'mycluster' },
      body: { kind: 'kubernetes', kubeconfig: await readFile(cluster.kubeconfig, 'utf8') },
    });
    ({ resourceId } = added);
    parts = started.move();
  }, START_TIMEOUT_MS);

  afterAll(async () => {
    await parts?.disposeAsync();
  });

  const byName = AksCompute.attachConfiguration({
    resourceGroup: 'shipping',
    clusterName: 'mycluster',
    clusterPurpose: 'DevTest',
  });

  test('by its resource group and name makes a scoring address, and keeps every other Farled out', async () => {
    const target = await ComputeTarget.attach(server.workspace, 'first', byName);
    await target.waitForCompletion();
    // No load balancer comes, so the port of a node is taken.
    expect(target.scoringUrl).toMatch(/^http:\/\/[\d.]+:3\d{4}$/);
    expect((await fetch(`${target.scoringUrl}/api/v1/service/none/score`, { method: 'POST' })).status).toBe(404);
    const before = await list(cluster, 'pods', `--namespace=${CLUSTER.systemNamespace}`);

    await using other = await startServer(registryVariables(cluster));
    const kubeconfigPath = cluster.kubeconfig;
    const configuration = KubernetesCompute.attachConfiguration({ kubeconfigPath, clusterPurpose: 'DevTest' });
    const second = await ComputeTarget.attach(other.workspace, 'second', configuration);
    await expect(second.waitForCompletion()).rejects.toMatchObject({
      code: 'ClusterInUse',
      message: expect.stringMatching(/"first" of workspace "test"/),
      suggestion: expect.stringContaining('Detach it there first'),
    });
    const after = await list(cluster, 'pods', `--namespace=${CLUSTER.systemNamespace}`);
    expect(after.map(({ metadata }) => metadata.uid)).toEqual(before.map(({ metadata }) => metadata.uid));

    await expect(ComputeTarget.attach(server.workspace, 'again', byName)).rejects.toMatchObject({
      code: 'ClusterInUse',
      message: expect.stringContaining('"first"'),
    });
    const installation = await installationIn(cluster);
    await target.detach();
    await expectNothingLeft(cluster, installation);
  }, 120_000);

  test('by its resource id works after a detach, as AKS clusters are attached', async () => {
    const configuration = AksCompute.attachConfiguration({ resourceId, clusterPurpose: 'DevTest' });
    const target = await ComputeTarget.attach(server.workspace, 'myaks', configuration);
    await target.waitForCompletion();
    expect(target.provisioningState).toBe('Succeeded');
    expect(target.clusterResourceId).toBe(resourceId);
    const installation = await installationIn(cluster);
    await target.detach();
    expect(await get(cluster, 'namespace', CLUSTER.systemNamespace)).toBeUndefined();
    await expectNothingLeft(cluster, installation);
  }, 120_000);

  test('by an id that nobody made known is refused with the command that does', async () => {
    const unknown = resourceId.replace('mycluster', 'elsewhere');
    const configuration = AksCompute.attachConfiguration({ resourceId: unknown, clusterPurpose: 'DevTest' });
    await expect(ComputeTarget.attach(server.workspace, 'unknown', configuration)).rejects.toMatchObject({
      code: 'ClusterNotFound',
      message: expect.stringContaining('elsewhere'),
      suggestion: expect.stringContaining('farled cluster add -g'),
    });
  });

  test('for production is refused with what its nodes have, when that is less than 12 vCPUs', async (context) => {
    const nodes = await list(cluster, 'nodes');
    const cpu = nodes.reduce((sum, { status }) => sum + Number(status.allocatable.cpu), 0);
    context.skip(cpu >= 12, 'the cluster is large enough');
    const configuration = AksCompute.attachConfiguration({ resourceId });
    await expect(ComputeTarget.attach(server.workspace, 'production', configuration)).rejects.toMatchObject({
      code: 'ComputeTooSmall',
      message: expect.stringMatching(new RegExp(`${nodes.length} nodes .*can give ${cpu}\\.`)),
      suggestion: expect.stringContaining('DevTest'),
    });
    expect(await get(cluster, 'namespace', CLUSTER.systemNamespace)).toBeUndefined();
  });
});
