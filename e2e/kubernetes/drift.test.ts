import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { CLUSTER, routes } from '@farled/contract';
import { type AksWebservice, Model } from '@farled/sdk';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { Cluster } from '../cluster/cluster.ts';
import { attachOrStart, START_TIMEOUT_MS, whyNoCluster } from '../cluster/shared-cluster.ts';
import { deployment, inference, SCORE, temporaryFolder } from '../harness/sample.ts';
import { until } from '../harness/until.ts';
import { get, list, nameOf, podsOf, type Seen } from './objects.ts';
import { type AttachedServer, COMPUTE, startAttached } from './server.ts';

const KINDS = 'deployments,services,secrets,networkpolicies,poddisruptionbudgets';
/** What Farled does by itself shows in the cluster within seconds, on a busy machine too. */
const SOON_MS = 20_000;

describe.skipIf(whyNoCluster() !== undefined)('a service whose objects others change', () => {
  let cluster: Cluster;
  let parts: AsyncDisposableStack;
  let attached: AttachedServer;
  let service: AksWebservice;

  beforeAll(async () => {
    cluster = await attachOrStart();
    await using started = new AsyncDisposableStack();
    attached = started.use(await startAttached(cluster));
    const folder = started.use(await temporaryFolder());
    const { workspace } = attached.server;
    await writeFile(join(folder.path, 'model.txt'), 'one');
    const model = await Model.register(workspace, { modelPath: join(folder.path, 'model.txt'), modelName: 'text' });
    const config = await inference(folder.path, 'source', SCORE('A'));
    config.environment.environmentVariables['GREETING'] = 'hello';
    service = await Model.deploy(workspace, 'steady', [model], config, deployment({ numReplicas: 2 }), COMPUTE);
    await service.waitForDeployment();
    parts = started.move();
  }, START_TIMEOUT_MS);

  afterAll(async () => {
    await parts?.disposeAsync();
  });

  const objects = async (): Promise<readonly Seen[]> => {
    const found = await list(cluster, KINDS, '--all-namespaces', `--selector=${CLUSTER.serviceLabel}=steady`);
    return found.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  };
  const live = (): Promise<Seen | undefined> => get(cluster, 'deployment', 'steady', '--namespace=default');
  const whole = async (): Promise<boolean> => {
    await service.refresh();
    return service.state === 'Healthy' && (await podsOf(cluster, 'steady')).length === 2;
  };

  test('gets each of them back that is deleted', async () => {
    const before = await objects();
    expect(before.map(nameOf).toSorted()).toEqual([
      'Deployment/default/steady',
      'NetworkPolicy/default/steady',
      'PodDisruptionBudget/default/steady',
      expect.stringMatching(/^Secret\/default\/steady-environment-/),
      'Secret/farled-system/default.steady',
      'Service/default/steady',
    ]);
    for (const object of before) {
      const { name, namespace = '' } = object.metadata;
      await cluster.kubectl(['delete', object.kind, name, `--namespace=${namespace}`]);
      await until(
        `${nameOf(object)} is back`,
        async () => {
          const back = (await objects()).find((one) => nameOf(one) === nameOf(object));
          return back !== undefined && back.metadata.uid !== object.metadata.uid;
        },
        SOON_MS,
      );
    }
    await until('it is healthy again', whole);
    expect(await service.run('{}')).toBe('A one');
  }, 180_000);

  test('keeps its number, image and variables', async () => {
    await until('it is whole', whole);
    const wanted = (await live())?.spec;
    await cluster.kubectl(['scale', 'deployment', 'steady', '--namespace=default', '--replicas=0']);
    await until('it has its replicas again', async () => (await live())?.spec.replicas === 2, SOON_MS);
    const [container] = wanted.template.spec.containers;
    const edits = {
      image: [{ name: container.name, image: cluster.registry.baseImage }],
      env: [{ name: container.name, env: [{ name: 'AZUREML_ENTRY_SCRIPT', value: 'other.py' }] }],
    };
    for (const [what, containers] of Object.entries(edits)) {
      const patch = JSON.stringify({ spec: { template: { spec: { containers } } } });
      await cluster.kubectl(['patch', 'deployment', 'steady', '--namespace=default', `--patch=${patch}`]);
      await until(
        `its ${what} is as it was`,
        async () => {
          const now = (await live())?.spec.template.spec.containers[0];
          return JSON.stringify(now[what]) === JSON.stringify(container[what]);
        },
        SOON_MS,
      );
    }
    await until('it is healthy again', whole);
    expect((await live())?.spec).toEqual(wanted);
    expect(await service.run('{}')).toBe('A one');
  }, 180_000);

  test('leaves labels and annotations that others add, and objects that others have', async () => {
    const foreign = ['configmap', `foreign-${process.pid}`, '--namespace=default'] as const;
    await cluster.kubectl(['create', ...foreign, '--from-literal=whose=others']);
    const before = await get(cluster, ...foreign);
    try {
      await cluster.kubectl(['label', 'deployment', 'steady', '--namespace=default', 'team=shipping']);
      await cluster.kubectl(['annotate', 'service', 'steady', '--namespace=default', 'example.com/note=kept']);
      // An update applies everything anew.
      await service.update({ addTags: { round: '2' }, maxRequestWaitTime: 700 });
      await service.waitForDeployment();
      expect((await live())?.metadata.labels).toMatchObject({ team: 'shipping' });
      const seen = await get(cluster, 'service', 'steady', '--namespace=default');
      expect(seen?.metadata.annotations).toMatchObject({ 'example.com/note': 'kept' });
      expect(await get(cluster, ...foreign)).toEqual(before);
    } finally {
      await cluster.kubectl(['delete', ...foreign]);
    }
  }, 120_000);

  const pods = async (): Promise<readonly string[]> =>
    (await podsOf(cluster, 'steady')).map(({ metadata }) => metadata.uid).toSorted();
  const statusWith = async (credential: string): Promise<number> => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${credential}` };
    return (await fetch(service.scoringUri, { method: 'POST', headers, body: '{}' })).status;
  };

  test('gets new keys to the routers within 2 seconds, and restarts nothing', async () => {
    await until('it is whole', whole);
    const before = await pods();
    const [old, second] = await service.getKeys();
    expect([await statusWith(old), await statusWith(second)]).toEqual([200, 200]);
    const [fresh] = await service.regenKey('Primary');
    await until(
      'the new key is let in and the old one is not',
      async () => (await statusWith(fresh)) === 200 && (await statusWith(old)) === 401,
      2000,
    );
    expect(await statusWith(second)).toBe(200);
    expect(await pods()).toEqual(before);
  }, 60_000);

  test('changes over to tokens, which routers check and hear of when they are revoked, and restarts nothing', async () => {
    await until('it is whole', whole);
    const before = await pods();
    const [key] = await service.getKeys();
    const refused = (credential: string) =>
      until('the credential is refused', async () => (await statusWith(credential)) === 401, 2000);
    await service.update({ authEnabled: false, tokenAuthEnabled: true });
    await service.waitForDeployment();
    await refused(key);
    const [token] = await service.getToken();
    expect(await statusWith(token)).toBe(200);
    expect(await service.run('{}')).toBe('A one');
    await service.revokeTokens();
    await refused(token);
    expect(await service.run('{}')).toBe('A one');
    const [next] = await service.getToken();
    await attached.server.client.call(routes.server.replaceTokenKey, {});
    await refused(next);
    await service.update({ authEnabled: true, tokenAuthEnabled: false });
    await service.waitForDeployment();
    await until('the key is let in again', async () => (await statusWith(key)) === 200, 2000);
    expect(await pods()).toEqual(before);
  }, 120_000);
});
