import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { CLUSTER, routes } from '@farled/contract';
import { ComputeTarget, Model, Webservice } from '@farled/sdk';
import { systemClock } from '@farled/service';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { Cluster } from '../cluster/cluster.ts';
import { attachOrStart, START_TIMEOUT_MS, whyNoCluster } from '../cluster/shared-cluster.ts';
import { seededRandom } from '../harness/random.ts';
import { deployment, inference, SCORE, temporaryFolder, type TemporaryFolder } from '../harness/sample.ts';
import { until } from '../harness/until.ts';
import { list, nameOf, podsOf, type Seen } from './objects.ts';
import { type AttachedServer, COMPUTE, expectNothingLeft, startAttached } from './server.ts';

const ROUNDS = process.env['FARLED_SOAK'] === 'true' ? 50 : 5;
const SEED = Number(process.env['FARLED_TEST_SEED'] ?? 20_260_711);
/** A deployment here takes about as long. */
const LATEST_KILL_MS = 6000;
const KINDS = 'deployments,services,secrets,networkpolicies,poddisruptionbudgets,replicasets,pods,endpointslices';
/** What each service without variables has. */
const WHOLE = ['Deployment', 'NetworkPolicy', 'PodDisruptionBudget', 'Secret', 'Service'];

/** What a client is doing when the server dies. */
const ACTIONS = ['deploy', 'update', 'delete'] as const;

describe.skipIf(whyNoCluster() !== undefined)(`a killed server that deploys on a Kubernetes (seed ${SEED})`, () => {
  let cluster: Cluster;
  let parts: AsyncDisposableStack;
  let attached: AttachedServer;
  let folder: TemporaryFolder;
  const random = seededRandom(SEED);

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

  async function register(round: number): Promise<Model> {
    const path = join(folder.path, `model-${round}`);
    await mkdir(path, { recursive: true });
    await writeFile(join(path, 'model.txt'), `${round}`);
    return Model.register(attached.server.workspace, { modelPath: join(path, 'model.txt'), modelName: 'text' });
  }

  async function act(action: (typeof ACTIONS)[number], round: number): Promise<void> {
    const { workspace } = attached.server;
    const [service] = await Webservice.list(workspace);
    if (action === 'delete' && service !== undefined) {
      await service.delete();
      return;
    }
    const inferenceConfig = await inference(folder.path, `source-${round}`, SCORE(`round ${round}`));
    const models = [await register(round)];
    if (action === 'update' && service !== undefined) {
      await service.update({ models, inferenceConfig });
      await service.waitForDeployment();
      return;
    }
    const settings = deployment({ numReplicas: 2 });
    const made = await Model.deploy(workspace, `service${round}`, models, inferenceConfig, settings, COMPUTE);
    await made.waitForDeployment();
  }

  test.each(Array.from({ length: ROUNDS }, (_, index) => index))(
    'round %i: converges, with no orphan object and no half image',
    async (round) => {
      const action = round === 0 ? 'deploy' : (ACTIONS[Math.floor(random() * ACTIONS.length)] ?? 'deploy');
      const outcome = act(action, round).then(
        () => 'done',
        () => 'cut off',
      );
      await systemClock.sleep(random() * LATEST_KILL_MS);
      await attached.server.kill();
      await attached.server.restart();
      // Clients go on asking for a while, so what was cut off may be done all the same.
      await outcome;
      await expectEnded(`a kill during ${action}`);
      await expectConverged();
    },
    240_000,
  );

  test('detaches after a kill in the midst of it, and leaves nothing behind', async () => {
    const { server, installation } = attached;
    for (const service of await Webservice.list(server.workspace)) {
      await service.delete();
    }
    const [target] = await ComputeTarget.list(server.workspace);
    const outcome = target?.detach().catch(() => {});
    await until('it has begun', async () => (await unfinished()).length === 1);
    await systemClock.sleep(random() * 1000);
    await server.kill();
    await server.restart();
    await outcome;
    await expectEnded('a kill while it is detached');
    expect(await ComputeTarget.list(server.workspace)).toEqual([]);
    await expectNothingLeft(cluster, installation);
  }, 240_000);

  /** What goes on, each with the last line of its log. */
  async function unfinished(): Promise<readonly string[]> {
    const { client, workspace } = attached.server;
    const { value } = await client.call(routes.operations.list, { params: workspace.path, query: { count: 1000 } });
    const running = value.filter(({ state }) => state === 'NotStarted' || state === 'Running');
    return Promise.all(
      running.map(async ({ id, kind, target }) => {
        const { lines } = await client.call(routes.operations.log, { params: { ...workspace.path, operation: id } });
        return `${kind} ${target.name}: ${lines.at(-1)?.text ?? 'not begun'}`;
      }),
    );
  }

  async function expectEnded(after: string): Promise<void> {
    let running: readonly string[] = [];
    const ended = async (): Promise<boolean> => {
      running = await unfinished();
      return running.length === 0;
    };
    await until(`all operations end after ${after}`, ended, 120_000).catch((error: Error) => {
      throw new Error(`${error.message} ${running.join('; ')}`);
    });
  }

  async function expectConverged(): Promise<void> {
    const services = await Webservice.list(attached.server.workspace);
    let left: readonly Seen[] = [];
    await until('nothing is there of services that are not', async () => {
      const names = services.map(({ name }) => name).join(',');
      const others =
        names === '' ? CLUSTER.serviceLabel : `${CLUSTER.serviceLabel},${CLUSTER.serviceLabel} notin (${names})`;
      left = await list(cluster, KINDS, '--all-namespaces', `--selector=${others}`);
      return left.length === 0;
    }).catch((error: Error) => {
      throw new Error(`${error.message} There are ${left.map(nameOf).join(', ')}.`);
    });
    for (const service of services) {
      await until(`service ${service.name} is healthy with just its replicas`, async () => {
        await service.refresh();
        return service.state === 'Healthy' && (await podsOf(cluster, service.name)).length === 2;
      });
      const objects = await list(
        cluster,
        'deployments,services,secrets,networkpolicies,poddisruptionbudgets',
        '--all-namespaces',
        `--selector=${CLUSTER.serviceLabel}=${service.name}`,
      );
      expect(objects.map(({ kind }) => kind).toSorted()).toEqual(WHOLE);
      expect(await service.run('{}')).toMatch(/^round \d+ \d+$/);
      await expectWholeImage(objects.find(({ kind }) => kind === 'Deployment')?.spec.template.spec.containers[0].image);
    }
    expect(await readdir(join(attached.server.home, 'cache', 'work')).catch(() => [])).toEqual([]);
  }

  /** Everything that the manifest names is in the registry. */
  async function expectWholeImage(image: string): Promise<void> {
    const [, host, repository, digest] = /^([^/]+)\/(.+)@(.+)$/.exec(image) ?? [];
    const base = `http://${host}/v2/${repository}`;
    const accept = ['application/vnd.oci.image.manifest.v1+json', 'application/vnd.oci.image.index.v1+json'].join(', ');
    const answer = await fetch(`${base}/manifests/${digest}`, { headers: { accept } });
    expect(answer.status).toBe(200);
    const { config, layers } = (await answer.json()) as { config: { digest: string }; layers: { digest: string }[] };
    for (const blob of [config, ...layers]) {
      expect((await fetch(`${base}/blobs/${blob.digest}`, { method: 'HEAD' })).status).toBe(200);
    }
  }
});
