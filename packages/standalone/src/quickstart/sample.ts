/** The documentation's sample in a folder of its own: entry script, both configs, and a model trained there and then. */
import { execFile } from 'node:child_process';
import { copyFile, mkdir, readFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { EnvironmentDefinition } from '@farled/contract';
import { createEnvironments } from '@farled/controller';
import { silentLogger, systemClock } from '@farled/service';

import type { StandaloneConfig } from '../config.ts';
import { show, showStep } from './show.ts';

export const MODEL_FILE = 'sklearn_regression_model.pkl';

export interface Sample {
  /** Holds score.py, inferenceconfig.json, deploymentconfig.json and the model. */
  readonly folder: string;
}

const EXAMPLE = fileURLToPath(new URL('../../../../examples/diabetes/', import.meta.url));
const FILES = ['score.py', 'train.py', 'inferenceconfig.json', 'deploymentconfig.json'];
const TRAINING_TIMEOUT_MS = 5 * 60_000;

/** Copies the example into the home and trains its model with the very environment that it is deployed with. */
export async function prepareSample(config: StandaloneConfig): Promise<Sample> {
  const folder = join(config.home, 'quickstart', 'diabetes');
  const source = join(folder, 'source');
  await mkdir(source, { recursive: true, mode: 0o700 });
  for (const file of FILES) {
    await copyFile(join(EXAMPLE, file), join(source, file));
  }
  if (await exists(join(folder, MODEL_FILE))) {
    return { folder };
  }
  showStep('Training the model: scikit-learn, Ridge on the diabetes data');
  const environments = createEnvironments({
    folder: config.environments,
    toolsFolder: join(config.home, 'tools'),
    clock: systemClock,
    log: silentLogger,
    realServer: config.installAzuremlDefaults,
  });
  const document = JSON.parse(await readFile(join(source, 'inferenceconfig.json'), 'utf8')) as { environment: unknown };
  const { python } = await environments.ensure({
    definition: EnvironmentDefinition.parse(document.environment),
    sourceDirectory: source,
    pythonPolicy: 'nearest',
    log: show,
    signal: AbortSignal.timeout(TRAINING_TIMEOUT_MS),
  });
  const trained = await mkdirAnew(join(folder, 'training'));
  const { stdout } = await promisify(execFile)(python, [join(source, 'train.py'), trained], {
    timeout: TRAINING_TIMEOUT_MS,
  });
  show(stdout.trim());
  await rename(join(trained, MODEL_FILE), join(folder, MODEL_FILE));
  return { folder };
}

async function mkdirAnew(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  return folder;
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
