import { createHash } from 'node:crypto';
import { writeFile, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { routes } from '@farled/contract';
import { Model, Webservice } from '@farled/sdk';
import { systemClock } from '@farled/service';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { replicaProcesses } from './harness/processes.ts';
import { seededRandom } from './harness/random.ts';
import { deployment, devTestCompute, inference, SCORE, temporaryFolder } from './harness/sample.ts';
import { startServer, type TestServer } from './harness/server.ts';
import { until } from './harness/until.ts';

const ROUNDS = process.env['FARLED_SOAK'] === 'true' ? 50 : 5;
const SEED = Number(process.env['FARLED_TEST_SEED'] ?? 20_260_630);

/** The moments at which the server dies: each names what a client was doing. */
const ACTIONS = ['register', 'create compute', 'deploy', 'build', 'update', 'delete'] as const;

describe(`a server that is killed at random moments (seed ${SEED})`, () => {
  let server: TestServer;
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  const random = seededRandom(SEED);

  beforeAll(async () => {
    server = await startServer();
    folder = await temporaryFolder();
    await devTestCompute(server.workspace);
  });

  afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
    await folder?.[Symbol.asyncDispose]();
  });

  async function act(action: (typeof ACTIONS)[number], round: number): Promise<void> {
    const { workspace } = server;
    const script = SCORE(`round ${round}`);
    switch (action) {
      case 'register':
        await register(round, 5_000_000);
        return;
      case 'create compute':
        await devTestCompute(workspace, `aks${round}`);
        return;
      case 'deploy':
      case 'build': {
        const config = await inference(folder.path, `source-${round}`, script);
        if (action === 'build') {
          config.environment.environmentVariables['ROUND'] = String(round);
          config.environment.python.condaDependencies?.addPipPackage(`attrs==2${round % 5}.1.0`);
        }
        const model = await register(round, 10);
        const service = await Model.deploy(
          workspace,
          `service${round}`,
          [model],
          config,
          deployment({ numReplicas: 2 }),
          'myaks',
        );
        await service.waitForDeployment();
        return;
      }
      case 'update': {
        const [service] = await Webservice.list(workspace);
        await service?.update({ models: [await register(round, 10)], addTags: { round: String(round) } });
        await service?.waitForDeployment();
        return;
      }
      case 'delete': {
        const [service] = await Webservice.list(workspace);
        await service?.delete();
        return;
      }
    }
  }

  async function register(round: number, size: number): Promise<Model> {
    const path = join(folder.path, `model-${round}`);
    await mkdir(path, { recursive: true });
    await writeFile(join(path, 'model.txt'), `${round}`.padEnd(size, ' '));
    return Model.register(server.workspace, { modelPath: join(path, 'model.txt'), modelName: 'text' });
  }

  test.each(Array.from({ length: ROUNDS }, (_, index) => index))(
    'round %i: converges, with no orphan process, no doubled replica and no half-written model',
    async (round) => {
      const action = ACTIONS[(round + Math.floor(random() * ACTIONS.length)) % ACTIONS.length] ?? 'deploy';
      const outcome = act(action, round).then(
        () => 'done',
        () => 'cut off',
      );
      await systemClock.sleep(random() * 2500);
      await server.kill();
      await outcome;
      await server.restart();
      await until(
        `all operations end after a kill during ${action}`,
        async () => (await unfinished()).length === 0,
        90_000,
      );
      await expectConverged();
    },
    240_000,
  );

  async function unfinished(): Promise<readonly string[]> {
    const { value } = await server.client.call(routes.operations.list, {
      params: server.workspace.path,
      query: { count: 1000 },
    });
    return value
      .filter(({ state }) => state === 'NotStarted' || state === 'Running')
      .map(({ kind, target }) => `${kind} ${target.name}`);
  }

  async function expectConverged(): Promise<void> {
    await until('every service is healthy or failed for good, with just its replicas', async () => {
      const services = await Webservice.list(server.workspace);
      const wanted = services.flatMap((service) => service.serialize().deploymentStatus.replicas.map(({ id }) => id));
      const running = await replicaProcesses(join(server.home, 'run'));
      const settled = services.every(
        ({ state }, index) =>
          state === 'Failed' ||
          (state === 'Healthy' && services[index]?.serialize().deploymentStatus.replicas.length === 2),
      );
      return settled && wanted.toSorted().join() === running.toSorted().join();
    });
    for (const service of await Webservice.list(server.workspace)) {
      if (service.state === 'Healthy') {
        expect(await service.run('{}')).toMatch(/^round \d+ /);
      }
    }
    for (const model of await Model.list(server.workspace)) {
      for (const { sha256 } of model.serialize().files) {
        const hash = createHash('sha256');
        for await (const chunk of await server.client.call(routes.artifacts.download, {
          params: { ...server.workspace.path, sha256 },
        })) {
          hash.update(chunk);
        }
        expect(hash.digest('hex')).toBe(sha256);
      }
    }
    const builds = await readdir(server.environment['FARLED_ENVIRONMENTS'] ?? '');
    expect(builds.filter((name) => name.startsWith('.building-'))).toEqual([]);
  }
});
