/** Packages run without Farled: an image from the registry, and one made as its Dockerfile says. */
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { Environment, InferenceConfig, Model } from '@farled/sdk';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { startRegistry } from '../packages/image/src/testing/start-registry.ts';
import { pythonImage } from './cluster/base-image.ts';
import { push } from './cluster/registry.ts';
import { startImage, unpackImage } from './harness/run-image.ts';
import { inference, SCORE, temporaryFolder } from './harness/sample.ts';
import { startServer, type TestServer } from './harness/server.ts';

describe('a package', () => {
  const stack = new AsyncDisposableStack();
  let server: TestServer;
  let folder: string;
  let base: string;

  beforeAll(async () => {
    folder = stack.use(await temporaryFolder()).path;
    const registry = await startRegistry();
    stack.defer(registry.stop);
    base = `${registry.host}/base/python:3.11`;
    await push({ image: base, from: `oci-archive:${await pythonImage(() => {})}` });
    server = stack.use(
      await startServer({
        FARLED_REGISTRY: `${registry.host}/team/farled`,
        FARLED_BASE_IMAGE: `${registry.host}/base/python:{python}`,
      }),
    );
    await writeFile(join(folder, 'model.txt'), 'packed');
  }, 300_000);

  afterAll(() => stack.disposeAsync());

  const register = (): Promise<Model> =>
    Model.register(server.workspace, { modelPath: join(folder, 'model.txt'), modelName: 'text' });

  test('is an image that answers by itself', async () => {
    const config = await inference(folder, 'image', SCORE("' + os.environ['MARK'] + '"));
    config.environment.environmentVariables['MARK'] = 'I';
    const lines: string[] = [];
    const made = await Model.package(server.workspace, [await register()], config, { imageLabel: 'v1' });
    await made.waitForCreation({ showOutput: (line) => lines.push(line) });
    expect(made.location).toMatch(/^127\.0\.0\.1:\d+\/team\/farled\/package:v1$/);
    expect(lines).toContain(`Run it with: docker run -p 6789:5001 ${made.location}`);

    const { root, settings } = await unpackImage(made.location ?? '', folder);
    await using running = await startImage(root, settings);
    expect(await running.score('{}')).toMatchObject({ status: 200, body: '"I packed"' });
  }, 300_000);

  test('is a Dockerfile with all that it copies', async () => {
    const { sourceDirectory } = await inference(folder, 'files', SCORE('D'));
    const environment = new Environment('managed');
    environment.python.userManagedDependencies = true;
    environment.python.interpreterPath = '/usr/bin/python3.11';
    environment.environmentVariables['PRICE'] = '"5" $';
    const config = new InferenceConfig({ entryScript: 'score.py', sourceDirectory, environment });
    const made = await Model.package(server.workspace, [await register()], config, { generateDockerfile: true });
    await made.waitForCreation();
    const context = join(folder, 'context');
    await made.save(context);
    const steps = (await readFile(join(context, 'Dockerfile'), 'utf8')).split('\n');
    expect(steps).toContain(`FROM ${base}`);
    expect(steps).toContain('ENV PRICE="\\"5\\" \\$"');

    const { root, settings } = await unpackImage(base, folder);
    await follow(steps, context, root);
    await using running = await startImage(root, settingsOf(steps, settings.Env));
    expect(await running.score('{}')).toMatchObject({ status: 200, body: '"D packed"' });
  }, 300_000);
});

/** Does what Docker does for COPY; Node comes from here, because its image is not. */
async function follow(steps: readonly string[], context: string, root: string): Promise<void> {
  for (const step of steps) {
    const [, options = '', from = '', to = ''] = /^COPY ((?:--\S+ )*)(\S+) (\S+)$/.exec(step) ?? [];
    if (from !== '') {
      const source = options.includes('--from=node') ? process.execPath : join(context, from);
      await mkdir(dirname(join(root, to)), { recursive: true });
      await cp(source, join(root, to), { recursive: true });
    }
  }
}

function settingsOf(steps: readonly string[], ofBase: readonly string[]) {
  const value = (word: string): string =>
    steps.find((step) => step.startsWith(`${word} `))?.slice(word.length + 1) ?? '';
  const variables = steps.flatMap((step) => /^ENV (\S+?)="(.*)"$/.exec(step)?.slice(1, 3).join('=') ?? []);
  return {
    Env: [...ofBase, ...variables.map((text) => text.replaceAll(/\\(.)/g, '$1'))],
    Entrypoint: JSON.parse(value('ENTRYPOINT')) as string[],
    User: steps.findLast((step) => step.startsWith('USER '))?.slice('USER '.length) ?? '',
  };
}
