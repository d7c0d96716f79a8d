/** Entry scripts and models that need no package, so that a journey is about Farled and not about pip. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import {
  AksCompute,
  AksWebservice,
  CondaDependencies,
  ComputeTarget,
  Environment,
  InferenceConfig,
  type Workspace,
} from '@farled/sdk';

export interface TemporaryFolder extends AsyncDisposable {
  readonly path: string;
}

export async function temporaryFolder(): Promise<TemporaryFolder> {
  const path = await mkdtemp(join(tmpdir(), 'farled-files-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** Answers with the text in its model file and a mark of its own. */
export const SCORE = (mark: string): string => `
import os

def init():
    global text
    folder = os.environ['AZUREML_MODEL_DIR']
    with open(os.path.join(folder, 'model.txt')) as file:
        text = file.read()

def run(raw):
    return '${mark} ' + text
`;

/** Only what the standard library brings; the interpreter is the machine's own. */
export function plainEnvironment(): Environment {
  const environment = new Environment('plain');
  environment.python.condaDependencies = CondaDependencies.create({});
  return environment;
}

export async function inference(folder: string, name: string, script: string): Promise<InferenceConfig> {
  const sourceDirectory = join(folder, name);
  await mkdir(sourceDirectory, { recursive: true });
  await writeFile(join(sourceDirectory, 'score.py'), script);
  return new InferenceConfig({ entryScript: 'score.py', sourceDirectory, environment: plainEnvironment() });
}

export async function devTestCompute(workspace: Workspace, name = 'myaks'): Promise<ComputeTarget> {
  const configuration = AksCompute.provisioningConfiguration({ clusterPurpose: 'DevTest', agentCount: 2 });
  const target = await ComputeTarget.create(workspace, name, configuration);
  await target.waitForCompletion();
  return target;
}

export const deployment = (parameters: Parameters<typeof AksWebservice.deployConfiguration>[0] = {}) =>
  AksWebservice.deployConfiguration({ cpuCores: 0.1, memoryGb: 0.5, ...parameters });
