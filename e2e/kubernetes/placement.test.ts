import { type AksWebservice, Model } from '@farled/sdk';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { Cluster } from '../cluster/cluster.ts';
import { attachOrStart, START_TIMEOUT_MS, whyNoCluster } from '../cluster/shared-cluster.ts';
import { deployment, inference, temporaryFolder, type TemporaryFolder } from '../harness/sample.ts';
import { until } from '../harness/until.ts';
import { get, podsOf } from './objects.ts';
import { type AttachedServer, COMPUTE, startAttached } from './server.ts';

const GPU = 'nvidia.com/gpu';
const SCRIPT = (mark: string): string => `def init():\n    pass\n\ndef run(raw):\n    return '${mark}'\n`;

describe.skipIf(whyNoCluster() !== undefined)('a service that asks for a GPU', () => {
  let cluster: Cluster;
  let parts: AsyncDisposableStack;
  let attached: AttachedServer;
  let folder: TemporaryFolder;
  let node: string;

  beforeAll(async () => {
    cluster = await attachOrStart();
    node = cluster.nodes.at(-1) ?? '';
    await using started = new AsyncDisposableStack();
    attached = started.use(await startAttached(cluster));
    folder = started.use(await temporaryFolder());
    parts = started.move();
  }, START_TIMEOUT_MS);

  afterAll(async () => {
    await parts?.disposeAsync();
  });

  /** Starts a deployment, and waits until it is known that there is no place for it. */
  async function deployWaiting(name: string, numReplicas: number): Promise<AksWebservice> {
    const config = await inference(folder.path, name, SCRIPT(name));
    const settings = deployment({ gpuCores: 1, numReplicas });
    const service = await Model.deploy(attached.server.workspace, name, [], config, settings, COMPUTE);
    await until('there is no room for it', async () => {
      await service.refresh();
      return service.state === 'Unschedulable';
    });
    return service;
  }

  /** As a device plugin would. */
  async function offerGpus(count: number): Promise<void> {
    const patch = JSON.stringify([{ op: 'add', path: '/status/capacity/nvidia.com~1gpu', value: String(count) }]);
    await cluster.kubectl(['patch', 'node', node, '--subresource=status', '--type=json', `--patch=${patch}`]);
  }

  async function withdrawGpus(): Promise<void> {
    const patch = JSON.stringify(
      ['capacity', 'allocatable'].map((list) => ({ op: 'remove', path: `/status/${list}/nvidia.com~1gpu` })),
    );
    await cluster.kubectl(['patch', 'node', node, '--subresource=status', '--type=json', `--patch=${patch}`]);
  }

  test('waits with the reason until a node offers some, and runs on that node only', async () => {
    const service = await deployWaiting('seer', 2);
    expect(service.error).toMatchObject({
      code: 'Unschedulable',
      message: expect.stringMatching(/nvidia\.com\/gpu 1\).*of \d+ nodes, \d+ have not enough nvidia\.com\/gpu left/),
      suggestion: expect.stringContaining(GPU),
    });
    const pods = await podsOf(cluster, 'seer');
    expect(pods.map(({ spec }) => spec.nodeName)).toEqual([undefined, undefined]);
    await offerGpus(2);
    try {
      await service.waitForDeployment();
      expect(service.state).toBe('Healthy');
      expect(service.error).toBeNull();
      const placed = await podsOf(cluster, 'seer');
      expect(placed.map(({ spec }) => spec.nodeName)).toEqual([node, node]);
      expect(placed[0]?.spec.containers[0].resources.limits[GPU]).toBe('1');
      expect(await service.run('{}')).toBe('seer');
      await service.delete();
    } finally {
      await withdrawGpus();
    }
  }, 180_000);

  test('whose image is gone from the registry when there is room says so, and is mended by an update', async () => {
    const service = await deployWaiting('lost', 1);
    const image = (await get(cluster, 'deployment', 'lost', '--namespace=default'))?.spec.template.spec.containers[0]
      .image;
    const [, host, repository, digest] = /^([^/]+)\/(.+)@(.+)$/.exec(image) ?? [];
    const removed = await fetch(`http://${host}/v2/${repository}/manifests/${digest}`, { method: 'DELETE' });
    expect(removed.status).toBe(202);
    await offerGpus(1);
    try {
      await expect(service.waitForDeployment()).rejects.toMatchObject({
        code: 'ImagePullLoopBackOff',
        message: expect.stringMatching(new RegExp(`Node "${node}" can't get the image .*${digest}.*not found`)),
        suggestion: expect.stringContaining('Deploy again'),
      });
      await service.update({ addTags: { round: '2' } });
      await service.waitForDeployment();
      expect(service.state).toBe('Healthy');
      expect(await service.run('{}')).toBe('lost');
      await service.delete();
    } finally {
      await withdrawGpus();
    }
  }, 180_000);
});
