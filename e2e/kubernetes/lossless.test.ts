import { type AksWebservice, Model } from '@farled/sdk';
import { systemClock } from '@farled/service';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { Cluster } from '../cluster/cluster.ts';
import { attachOrStart, START_TIMEOUT_MS, whyNoCluster } from '../cluster/shared-cluster.ts';
import { type PacedReport, startPacedLoad } from '../harness/paced-load.ts';
import { deployment, inference, temporaryFolder, type TemporaryFolder } from '../harness/sample.ts';
import { until } from '../harness/until.ts';
import { list, podsOf } from './objects.ts';
import { type AttachedServer, COMPUTE, startAttached } from './server.ts';

const LONG = process.env['FARLED_SOAK'] === 'true';
const PER_SECOND = LONG ? 200 : 100;
/** How long what is taken away stays away. */
const OUTAGE_MS = LONG ? 120_000 : 8000;
const DELETING_MS = LONG ? 60_000 : 10_000;
const STEADY = 200;

const SCRIPT = (mark: string): string => `
import time

def init():
    pass

def run(raw):
    time.sleep(0.005)
    return '${mark}'
`;

/** Requests come all the time, whatever is done to what answers them. */
describe.skipIf(whyNoCluster() !== undefined)(`under ${PER_SECOND} requests a second`, () => {
  let cluster: Cluster;
  let parts: AsyncDisposableStack;
  let attached: AttachedServer;
  let folder: TemporaryFolder;
  let service: AksWebservice;
  let revision = 0;

  beforeAll(async () => {
    cluster = await attachOrStart();
    await using started = new AsyncDisposableStack();
    attached = started.use(await startAttached(cluster));
    folder = started.use(await temporaryFolder());
    service = await Model.deploy(
      attached.server.workspace,
      'lossless',
      [],
      await nextScript(),
      deployment({ numReplicas: 3, replicaMaxConcurrentRequests: 8, maxRequestWaitTime: 20_000 }),
      COMPUTE,
    );
    await service.waitForDeployment();
    parts = started.move();
  }, START_TIMEOUT_MS);

  afterAll(async () => {
    await parts?.disposeAsync();
  }, 300_000);

  const nextScript = () => inference(folder.path, `revision-${(revision += 1)}`, SCRIPT(`answer ${revision}`));

  async function during(disturb: () => Promise<void>): Promise<PacedReport> {
    const [key] = await service.getKeys();
    const load = startPacedLoad({ url: service.scoringUri, key, perSecond: PER_SECOND, body: '{}' });
    await until('requests are answered', () => load.answered >= STEADY);
    try {
      await disturb();
      const before = load.answered;
      await until('requests are answered after it', () => load.answered >= before + STEADY);
    } finally {
      await load.stop();
    }
    return load.stop();
  }

  /** Nothing accepted is lost, and nothing is refused: what is left is enough, or the queue is. */
  function expectNothingLost({ lost, refused, answered, sent }: PacedReport): void {
    expect({ lost: lost.slice(0, 5), refused: refused.slice(0, 5) }).toEqual({ lost: [], refused: [] });
    expect(answered).toBe(sent);
  }

  const rolledOut = async (namespace: string, name: string): Promise<void> => {
    await cluster.kubectl(['rollout', 'status', `deployment/${name}`, `--namespace=${namespace}`, '--timeout=120s']);
  };

  test('an update loses nothing', async () => {
    const report = await during(async () => {
      await service.update({ inferenceConfig: await nextScript() });
      await service.waitForDeployment();
    });
    expectNothingLost(report);
  }, 300_000);

  test('growing to 6 replicas and going back to 1 loses nothing', async () => {
    const report = await during(async () => {
      for (const numReplicas of [1, 6, 1, 3]) {
        await service.update({ numReplicas });
        await service.waitForDeployment();
      }
    });
    expectNothingLost(report);
  }, 300_000);

  test('a pod that is deleted every second loses nothing', async () => {
    const report = await during(async () => {
      const deadline = systemClock.now() + DELETING_MS;
      while (systemClock.now() < deadline) {
        const pods = await podsOf(cluster, 'lossless');
        const oldest = pods.toSorted((a, b) => (a.metadata.uid < b.metadata.uid ? -1 : 1))[0];
        if (oldest !== undefined) {
          const { name, namespace = '' } = oldest.metadata;
          await cluster.kubectl(['delete', 'pod', name, `--namespace=${namespace}`, '--wait=false']);
        }
        await systemClock.sleep(1000);
      }
      await rolledOut('default', 'lossless');
    });
    expect(report.lost).toEqual([]);
    // Replicas go faster than they come: whoever waited in vain was told so.
    expect(report.answered + report.refused.length).toBe(report.sent);
  }, 300_000);

  test('a node that is emptied loses nothing', async () => {
    const [pod] = await podsOf(cluster, 'lossless');
    const node: string = pod?.spec?.nodeName ?? '';
    const report = await during(async () => {
      try {
        await cluster.kubectl([
          'drain',
          node,
          '--ignore-daemonsets',
          '--delete-emptydir-data',
          '--force',
          '--timeout=180s',
        ]);
        const left = await list(cluster, 'pods', '--namespace=default', `--field-selector=spec.nodeName=${node}`);
        expect(left.filter(({ metadata }) => metadata.deletionTimestamp === undefined)).toEqual([]);
      } finally {
        await cluster.kubectl(['uncordon', node]);
      }
      await rolledOut('default', 'lossless');
    });
    expectNothingLost(report);
  }, 300_000);

  test('routers that are replaced lose nothing', async () => {
    const report = await during(async () => {
      await cluster.kubectl(['rollout', 'restart', 'deployment/farled-router', '--namespace=farled-system']);
      await rolledOut('farled-system', 'farled-router');
    });
    expectNothingLost(report);
  }, 300_000);

  test('a control plane that is dead loses nothing', async () => {
    const report = await during(async () => {
      await attached.server.kill();
      await systemClock.sleep(OUTAGE_MS);
      await attached.server.restart();
    });
    expectNothingLost(report);
    expect((await service.update({ numReplicas: 3 }).then(() => service.waitForDeployment())) ?? 'done').toBe('done');
  }, 300_000);

  test('an API server that is down loses nothing', async () => {
    const report = await during(async () => {
      await cluster.stopApiServer();
      await systemClock.sleep(OUTAGE_MS);
      await cluster.startApiServer();
    });
    expectNothingLost(report);
  }, 400_000);

  test('a service that says no number grows with the load, and loses nothing meanwhile', async () => {
    const growing = await Model.deploy(
      attached.server.workspace,
      'growing',
      [],
      await nextScript(),
      deployment({ autoscaleMinReplicas: 1, autoscaleMaxReplicas: 4, maxRequestWaitTime: 20_000 }),
      COMPUTE,
    );
    await growing.waitForDeployment();
    const [key] = await growing.getKeys();
    // One request of 5 ms at a time in each replica: this is more than one replica can answer.
    const load = startPacedLoad({ url: growing.scoringUri, key, perSecond: 250, body: '{}' });
    try {
      await until('routers have asked for more replicas', async () => {
        const [found] = await list(
          cluster,
          'deployments',
          '--namespace=default',
          '--field-selector=metadata.name=growing',
        );
        return (found?.spec?.replicas ?? 0) > 1;
      });
      await until('more than one replica answers', async () => {
        await growing.refresh();
        return growing.serialize().deploymentStatus.availableReplicas > 1 && growing.state === 'Healthy';
      });
    } finally {
      await load.stop();
    }
    expect((await load.stop()).lost).toEqual([]);
  }, 300_000);
});
