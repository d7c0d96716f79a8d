import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { Model } from '@farled/sdk';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { Cluster } from '../cluster/cluster.ts';
import { attachOrStart, START_TIMEOUT_MS, whyNoCluster } from '../cluster/shared-cluster.ts';
import { deployment, inference, temporaryFolder, type TemporaryFolder } from '../harness/sample.ts';
import { podsOf } from './objects.ts';
import { type AttachedServer, COMPUTE, startAttached } from './server.ts';

const TALKS = 'def init():\n    print("hello")\n\ndef run(raw):\n    print("scored", raw)\n    return raw\n';

describe.skipIf(whyNoCluster() !== undefined)('the logs of a service on a Kubernetes', () => {
  let cluster: Cluster;
  let parts: AsyncDisposableStack;
  let attached: AttachedServer;
  let folder: TemporaryFolder;

  beforeAll(async () => {
    cluster = await attachOrStart();
    await using started = new AsyncDisposableStack();
    attached = started.use(await startAttached(cluster));
    folder = started.use(await temporaryFolder());
    parts = started.move();
  }, START_TIMEOUT_MS);

  afterAll(async () => {
    await parts?.disposeAsync();
  });

  test('are followed line by line, each once, through a change of replicas, until the service is gone', async () => {
    const { workspace } = attached.server;
    const modelPath = join(folder.path, 'model.txt');
    await writeFile(modelPath, 'talks');
    const model = await Model.register(workspace, { modelPath, modelName: 'talks' });
    const config = await inference(folder.path, 'talks', TALKS);
    const service = await Model.deploy(workspace, 'talks', [model], config, deployment({ numReplicas: 1 }), COMPUTE);
    await service.waitForDeployment();

    const ended = new AbortController();
    const lines: string[] = [];
    const following = (async () => {
      for await (const line of service.followLogs({ numLines: 100, signal: ended.signal })) {
        lines.push(line);
      }
    })();
    const count = (text: string) => (): number => lines.filter((line) => line.includes(text)).length;
    await expect.poll(count('hello'), { timeout: 10_000 }).toBe(1);
    for (const number of [1, 2, 3]) {
      await service.run(`"first ${number}"`);
    }
    await expect.poll(count('first'), { timeout: 10_000 }).toBe(3);

    const [pod] = await podsOf(cluster, 'talks');
    await cluster.kubectl(['delete', 'pod', pod?.metadata.name ?? '', '--namespace=default', '--wait=false']);
    await expect.poll(count('hello'), { timeout: 60_000 }).toBe(2);
    await expect.poll(() => service.run('"second"').catch(() => undefined), { timeout: 30_000 }).toBeDefined();
    await expect.poll(count('second'), { timeout: 10_000 }).toBe(1);
    expect(count('first')()).toBe(3);

    await service.delete();
    await following;
    expect(ended.signal.aborted).toBe(false);
  }, 240_000);
});
