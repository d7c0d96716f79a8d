import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { createEnvironments } from '@farled/controller';
import { CondaDependencies, Environment, InferenceConfig, Model, readInferenceConfig } from '@farled/sdk';
import { silentLogger, systemClock } from '@farled/service';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { deployment, devTestCompute } from './harness/sample.ts';
import { ROOT, startServer, type TestServer } from './harness/server.ts';

const EXAMPLE = join(ROOT, 'examples', 'diabetes');
const BIN = join(ROOT, 'node_modules', '.bin');

const IDIOM = `
import azureml.core
from azureml.core.model import Model

def init():
    global text
    with open(Model.get_model_path('weights')) as file:
        text = file.read()

def run(raw_data):
    return [text, azureml.core.VERSION]
`;

/** The documentation's own steps, with the documentation's own files and a model that scikit-learn trained. */
describe('the seed', () => {
  let server: TestServer;
  let folder: string;
  let python: string;

  beforeAll(async () => {
    server = await startServer();
    folder = await mkdtemp(join(tmpdir(), 'farled-seed-'));
    for (const file of ['score.py', 'inferenceconfig.json', 'deploymentconfig.json']) {
      await copyFile(join(EXAMPLE, file), join(folder, file));
    }
    const { environment } = await readInferenceConfig(join(folder, 'inferenceconfig.json'));
    const environments = createEnvironments({
      folder: server.environment['FARLED_ENVIRONMENTS'] ?? '',
      toolsFolder: join(server.home, 'tools'),
      clock: systemClock,
      log: silentLogger,
      realServer: false,
    });
    const built = await environments.ensure({
      definition: environment.toDefinition(),
      sourceDirectory: folder,
      pythonPolicy: 'nearest',
      log: () => {},
      signal: AbortSignal.timeout(300_000),
    });
    python = built.python;
    await promisify(execFile)(python, [join(EXAMPLE, 'train.py'), folder]);
    await server.workspace.writeConfig({ path: folder });
  }, 600_000);

  afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  async function runInFolder(command: string, args: readonly string[]): Promise<{ code: number | null; said: string }> {
    const env = { ...process.env, ...server.environment, PATH: `${BIN}:${process.env['PATH']}` };
    const child = spawn(command, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    child.stdout.on('data', (chunk) => (said += chunk));
    child.stderr.on('data', (chunk) => (said += chunk));
    const [code] = (await once(child, 'exit')) as [number | null];
    return { code, said };
  }

  test('runs as command lines, exactly as they are written', async () => {
    const { code, said } = await runInFolder('bash', [join(ROOT, 'e2e', 'acceptance', 'seed.sh')]);
    expect(said).toContain('seed: every step worked');
    expect(code).toBe(0);
  }, 300_000);

  test('runs as TypeScript', async () => {
    const { code, said } = await runInFolder(process.execPath, [
      '--conditions=@farled/source',
      join(EXAMPLE, 'seed.ts'),
    ]);
    expect({ code, said }).toMatchObject({ code: 0 });
  }, 300_000);

  test('runs a script of 2019, whose Model.get_model_path comes from the real azureml-core', async () => {
    const sourceDirectory = join(folder, 'idiom');
    await mkdir(sourceDirectory);
    await writeFile(join(sourceDirectory, 'score.py'), IDIOM);
    await writeFile(join(folder, 'weights.txt'), '42');
    const environment = new Environment('idiom');
    environment.python.condaDependencies = CondaDependencies.create({ pipPackages: ['azureml-defaults'] });
    const target = await devTestCompute(server.workspace, 'idiom-aks');
    const model = await Model.register(server.workspace, {
      modelPath: join(folder, 'weights.txt'),
      modelName: 'weights',
    });
    const inferenceConfig = new InferenceConfig({ entryScript: 'score.py', sourceDirectory, environment });
    const service = await Model.deploy(server.workspace, 'idiom', [model], inferenceConfig, deployment(), target);
    await service.waitForDeployment();
    expect(await service.run('')).toEqual(['42', expect.stringMatching(/^1\.\d+/)]);
  }, 600_000);
});
