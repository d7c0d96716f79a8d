import { createHash } from 'node:crypto';

import { CLUSTER, CLUSTER_STATISTICS, ClusterStatistics, type EndpointRoute, VERSION_HEADER } from '@farled/contract';
import { type AksWebservice, Model } from '@farled/sdk';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { Cluster } from '../cluster/cluster.ts';
import { attachOrStart, START_TIMEOUT_MS, whyNoCluster } from '../cluster/shared-cluster.ts';
import { deployment, inference, temporaryFolder } from '../harness/sample.ts';
import { until } from '../harness/until.ts';
import { get } from './objects.ts';
import { type AttachedServer, COMPUTE, startAttached } from './server.ts';

const KEY = 'the-key-of-the-endpoint';
const SECRET = 'shop-endpoint';
const SCRIPT = (mark: string): string => `def init():\n    pass\n\ndef run(raw):\n    return '${mark}'\n`;

describe.skipIf(whyNoCluster() !== undefined)('routers that are told of an endpoint by a Secret', () => {
  let cluster: Cluster;
  let attached: AttachedServer;
  let parts: AsyncDisposableStack;
  let url: string;

  beforeAll(async () => {
    cluster = await attachOrStart();
    await using started = new AsyncDisposableStack();
    attached = started.use(await startAttached(cluster));
    const folder = started.use(await temporaryFolder());
    const deploy = async (name: string): Promise<AksWebservice> => {
      const config = await inference(folder.path, name, SCRIPT(name));
      const { workspace } = attached.server;
      const service = await Model.deploy(workspace, name, [], config, deployment({ numReplicas: 1 }), COMPUTE);
      await service.waitForDeployment();
      return service;
    };
    const [blue] = [await deploy('blue'), await deploy('green')];
    url = blue.scoringUri.replace('/blue/', '/shop/');
    started.defer(async () => {
      await cluster.kubectl(['delete', 'secret', SECRET, `--namespace=${CLUSTER.systemNamespace}`]);
    });
    parts = started.move();
  }, START_TIMEOUT_MS);

  afterAll(async () => {
    await parts?.disposeAsync();
  });

  async function publish(green: number): Promise<void> {
    const route: EndpointRoute = {
      name: 'shop',
      workspace: 'ws',
      keyDigests: [createHash('sha256').update(KEY).digest('hex')],
      tokens: null,
      versions: [
        { name: 'one', service: 'blue', trafficPercentile: 0 },
        { name: 'two', service: 'green', trafficPercentile: green },
      ],
      defaultVersion: 'one',
      stickyHeader: null,
      mirror: { version: 'two', percentile: 100 },
    };
    const secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: {
        name: SECRET,
        namespace: CLUSTER.systemNamespace,
        labels: { [CLUSTER.roleLabel]: 'endpoint', [CLUSTER.installationLabel]: attached.installation },
      },
      stringData: { [CLUSTER.endpointKey]: JSON.stringify(route) },
    };
    await cluster.kubectl(['apply', '--filename=-'], { input: JSON.stringify(secret) });
  }

  async function answering(): Promise<string> {
    const answer = await fetch(url, { method: 'POST', body: '{}', headers: { authorization: `Bearer ${KEY}` } });
    return `${answer.status} ${answer.headers.get(VERSION_HEADER) ?? ''} ${await answer.text()}`;
  }

  async function told() {
    const { configMap, key } = CLUSTER_STATISTICS;
    const found = await get(cluster, 'configmap', configMap, `--namespace=${CLUSTER.systemNamespace}`);
    return ClusterStatistics.parse(JSON.parse(found?.data?.[key] ?? '{"at":0,"isComplete":false,"routers":[]}'));
  }

  test('divide its requests, follow it, and tell the control plane what they counted', async () => {
    await publish(0);
    await until('the endpoint is known', async () => (await answering()) === '200 one "blue"');
    await publish(100);
    await until('all goes to the other version', async () => (await answering()) === '200 two "green"');
    await until('the counts are written', async () => {
      const { routers } = await told();
      return routers.some(({ services }) => services.filter(({ answered }) => answered > 0).length === 2);
    });
    const { isComplete, routers } = await told();
    expect([isComplete, routers.length]).toEqual([true, 1]);
    expect(routers[0]?.endpoints).toMatchObject([{ name: 'shop', failed: 0, mirror: { version: 'two' } }]);
    // What 'one' answered, 'two' answers otherwise.
    expect(routers[0]?.endpoints[0]?.mirror?.different).toBeGreaterThan(0);
  });
});
