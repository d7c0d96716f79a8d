import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { routes } from '@farled/contract';
import { type AksWebservice, ComputeTarget, Model, Webservice } from '@farled/sdk';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { buildahImage } from '../cluster/base-image.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { push } from '../cluster/registry.ts';
import { attachOrStart, START_TIMEOUT_MS, whyNoCluster } from '../cluster/shared-cluster.ts';
import { deployment, inference, temporaryFolder, type TemporaryFolder } from '../harness/sample.ts';
import { until } from '../harness/until.ts';
import { list } from './objects.ts';
import { type AttachedServer, COMPUTE, expectNothingLeft, startAttached } from './server.ts';

const BUILT = 'def init():\n    pass\n\ndef run(raw):\n    return open("/etc/farled-built").read().strip()\n';

describe.skipIf(whyNoCluster() !== undefined)('the Dockerfile of an environment on a Kubernetes', () => {
  let cluster: Cluster;
  let parts: AsyncDisposableStack;
  let attached: AttachedServer;
  let folder: TemporaryFolder;

  beforeAll(async () => {
    cluster = await attachOrStart();
    const { host, hostForPods } = cluster.registry;
    const builder = `${host}/base/buildah:bookworm`;
    await push({ image: builder, from: `oci-archive:${await buildahImage((line) => console.error(line))}` });
    await using started = new AsyncDisposableStack();
    const variables = { FARLED_BUILDER_IMAGE: builder, FARLED_REGISTRY_FOR_PODS: hostForPods };
    attached = started.use(await startAttached(cluster, { variables }));
    folder = started.use(await temporaryFolder());
    parts = started.move();
  }, START_TIMEOUT_MS);

  afterAll(async () => {
    await parts?.disposeAsync();
  });

  async function deploy(name: string, steps: string): Promise<AksWebservice> {
    const { workspace } = attached.server;
    const config = await inference(folder.path, name, BUILT);
    config.environment.docker.baseDockerfile = `FROM ${cluster.registry.baseImage}\n${steps}\n`;
    return Model.deploy(workspace, name, [await model(name)], config, deployment({ numReplicas: 1 }), COMPUTE);
  }

  async function model(name: string): Promise<Model> {
    const path = join(folder.path, `model-${name}`);
    await mkdir(path, { recursive: true });
    await writeFile(join(path, 'model.txt'), name);
    return Model.register(attached.server.workspace, { modelPath: join(path, 'model.txt'), modelName: name });
  }

  /** What the operation's log has once it ended. */
  async function logOf(service: AksWebservice): Promise<string> {
    let said = '';
    await service.waitForDeployment({ showOutput: (line) => (said += `${line}\n`) });
    return said;
  }

  const jobs = (): ReturnType<typeof list> => list(cluster, 'jobs,pods', '--namespace=farled-builds');
  const untilNoJobs = (): Promise<void> => until('no build is left', async () => (await jobs()).length === 0, 30_000);

  test('is built in the cluster, once, and the service runs in what it made', async () => {
    const steps = 'RUN echo built > /etc/farled-built && touch /x && chown 1234:5678 /x\nENV OF_DOCKERFILE=1';
    const first = await deploy('first', steps);
    expect(await logOf(first)).toMatch(/as Job farled-builds\/base-[\s\S]*STEP 2[\s\S]*RUN echo built/);
    expect(await first.run('{}')).toBe('built');
    await untilNoJobs();

    const second = await deploy('second', steps);
    const log = await logOf(second);
    expect(log).toContain('base image of the Dockerfile is in the registry');
    expect(log).not.toContain('STEP');
    expect(await second.run('{}')).toBe('built');
  }, 300_000);

  test('that fails says which step, and how it ended', async () => {
    const service = await deploy('fails', 'RUN echo the cause of it && exit 3');
    await expect(service.waitForDeployment()).rejects.toMatchObject({
      code: 'ImageBuildFailed',
      message: expect.stringMatching(/could not be built: buildah ended with exit code \d+\.[\s\S]*the cause of it/),
    });
    await untilNoJobs();
  }, 120_000);

  test('is ended with the deployment that wanted it', async () => {
    const service = await deploy('given-up', 'RUN sleep 600');
    await until('it is being built', async () => (await jobs()).some(({ kind }) => kind === 'Pod'), 60_000);
    const { client, workspace } = attached.server;
    const { value } = await client.call(routes.operations.list, { params: workspace.path, query: {} });
    const operation = value.find(({ target }) => target.name === 'given-up')?.id ?? '';
    await client.call(routes.operations.cancel, { params: { ...workspace.path, operation } });
    await expect(service.waitForDeployment()).rejects.toThrow();
    await untilNoJobs();
  }, 120_000);

  test('goes on when the server dies', async () => {
    const service = await deploy('goes-on', 'RUN sleep 8 && echo built > /etc/farled-built');
    const running = async (): Promise<readonly string[]> =>
      (await jobs()).filter(({ kind, status }) => kind === 'Pod' && status.phase === 'Running').map(uidOf);
    await until('it is being built', async () => (await running()).length === 1, 60_000);
    const before = await running();
    await attached.server.kill();
    await attached.server.restart();
    expect(await running()).toEqual(before);
    expect(await logOf(service)).toMatch(/RUN sleep 8/);
    expect(await service.run('{}')).toBe('built');
  }, 180_000);

  test('leaves nothing behind when the cluster is detached', async () => {
    const { workspace } = attached.server;
    await Promise.all((await Webservice.list(workspace)).map((service) => service.delete()));
    await Promise.all((await ComputeTarget.list(workspace)).map((target) => target.detach()));
    await expectNothingLeft(cluster, attached.installation);
  }, 120_000);
});

function uidOf({ metadata: { uid } }: { readonly metadata: { readonly uid: string } }): string {
  return uid;
}
