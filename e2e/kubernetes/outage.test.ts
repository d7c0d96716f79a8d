import { routes } from '@farled/contract';
import { type AksWebservice, Model } from '@farled/sdk';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { Cluster } from '../cluster/cluster.ts';
import { attachOrStart, START_TIMEOUT_MS, whyNoCluster } from '../cluster/shared-cluster.ts';
import { startLoad } from '../harness/load.ts';
import { openPass, type Pass } from '../harness/pass.ts';
import { deployment, inference, temporaryFolder, type TemporaryFolder } from '../harness/sample.ts';
import { until } from '../harness/until.ts';
import { type AttachedServer, COMPUTE, startAttached } from './server.ts';

const SCRIPT = (mark: string): string =>
  `def init():\n    print('${mark} starts')\n\ndef run(raw):\n    return '${mark}'\n`;

describe.skipIf(whyNoCluster() !== undefined)('while the API server of the cluster is away', () => {
  let cluster: Cluster;
  let parts: AsyncDisposableStack;
  let attached: AttachedServer;
  let folder: TemporaryFolder;
  let pass: Pass;
  let steady: AksWebservice;

  beforeAll(async () => {
    cluster = await attachOrStart();
    await using started = new AsyncDisposableStack();
    const kubeconfig = JSON.parse(await cluster.kubectl(['config', 'view', '--raw', '--minify', '--output=json']));
    const entry = kubeconfig.clusters[0].cluster;
    const address = new URL(entry.server);
    pass = started.use(await openPass(address));
    entry['tls-server-name'] ??= address.hostname;
    entry.server = `https://127.0.0.1:${pass.port}`;
    attached = started.use(await startAttached(cluster, { kubeconfig: JSON.stringify(kubeconfig) }));
    folder = started.use(await temporaryFolder());
    steady = await deploy('steady');
    await steady.waitForDeployment();
    parts = started.move();
  }, START_TIMEOUT_MS);

  afterAll(async () => {
    await parts?.disposeAsync();
  });

  async function deploy(name: string): Promise<AksWebservice> {
    const config = await inference(folder.path, name, SCRIPT(name));
    return Model.deploy(attached.server.workspace, name, [], config, deployment({ numReplicas: 1 }), COMPUTE);
  }

  /** Deploys in the midst of an outage, which ends once the image is made. */
  async function expectOutageOvercome(name: string, leave: () => unknown, comeBack: () => unknown): Promise<void> {
    const { client, workspace } = attached.server;
    const [key] = await steady.getKeys();
    const load = startLoad({ url: steady.scoringUri, key, connections: 1, body: '{}' });
    await until('the load has begun', () => load.count('"steady"') > 0);
    await leave();
    let service: AksWebservice;
    try {
      service = await deploy(name);
      await until('the image is in the registry', async () => {
        const params = { ...workspace.path, operation: service.serialize().operationId };
        const { lines } = await client.call(routes.operations.log, { params });
        return lines.some(({ text }) => text.startsWith('Image ') && text.includes('is in the registry'));
      });
      const before = load.count('"steady"');
      await until('scoring goes on', () => load.count('"steady"') > before + 100);
      expect(await steady.run('{}')).toBe('steady');
      await service.refresh();
      expect(service.state).toBe('Transitioning');
      await expect(steady.getLogs()).rejects.toMatchObject({ code: 'KubernetesUnaccessible' });
    } finally {
      await comeBack();
    }
    await service.waitForDeployment();
    expect(service.state).toBe('Healthy');
    expect(await service.run('{}')).toBe(name);
    expect(await steady.getLogs()).toContain('steady starts');
    const { answers, failures } = await load.stop();
    expect(failures).toEqual([]);
    expect([...answers.keys()]).toEqual(['"steady"']);
  }

  test('to this Farled, a deployment waits for it and scoring goes on', async () => {
    await expectOutageOvercome('late', pass.close, pass.open);
  }, 180_000);

  // All who use the cluster feel it, so it is not done among other tests.
  test.runIf(process.env['FARLED_SOAK'])(
    'to everyone, a deployment waits for it and scoring goes on',
    { timeout: 300_000 },
    async () => {
      await expectOutageOvercome('later', cluster.stopApiServer, cluster.startApiServer);
    },
  );
});
