/**
 * The inference config of a service that was given none: an entry script of a few lines that serves the model by a module
 * of the runtime, and the environment that the model needs. From then on it is a service like any other.
 */
import { EnvironmentDefinition, type Inference, type Model, parseModelId } from '@farled/contract';
import type { ArtifactStore, Stores, WorkspaceRecord } from '@farled/state';

import { environmentName, type Packages, packagesOf } from './environment.ts';
import { MLFLOW_FILES, mlflowPackages } from './mlflow-environment.ts';
import { type PickledFacts, pickledFacts } from './pickled-facts.ts';
import { checkBeginning, chooseServing, onlyModel, type Serving } from './serving.ts';

export interface NoCodeParts {
  readonly state: Pick<Stores, 'models' | 'services'>;
  readonly artifacts: ArtifactStore;
}

const ENTRY_SCRIPT = 'score.py';
/** Far more than is looked at. */
const BEGINNING_BYTES = 1024;
/** More than a list of packages ever has. */
const LONGEST_FILE_BYTES = 256 * 1024;
const NO_FACTS: PickledFacts = { scikitLearn: null, packages: [] };

/** @throws FarledError ModelNotFound, or BadArgument and NotSupportedYet that say why the models can't be served without code. */
export async function noCodeInference(
  { state, artifacts }: NoCodeParts,
  workspace: WorkspaceRecord,
  modelIds: readonly string[],
): Promise<Inference> {
  const model = await state.models.get(workspace.key, parseModelId(onlyModel(modelIds)));
  const serving = chooseServing(model);
  const definition = EnvironmentDefinition.parse({
    name: environmentName(serving.kind),
    python: { condaDependencies: { dependencies: await dependencies(artifacts, model, serving) } },
  });
  const script = Buffer.from(scriptOf(serving));
  const { sha256, size } = await artifacts.add(once(script));
  return {
    entryScript: ENTRY_SCRIPT,
    source: [{ path: ENTRY_SCRIPT, sha256, size }],
    environment: definition,
  };
}

/** For other models of a service without code; undefined for one that has its own, and when they stay as they are. */
export async function noCodeInferenceAgain(
  parts: NoCodeParts,
  workspace: WorkspaceRecord,
  service: string,
  modelIds: readonly string[] | undefined,
): Promise<Inference | undefined> {
  if (modelIds === undefined) {
    return undefined;
  }
  const present = await parts.state.services.find(workspace.key, service);
  return present?.spec.noCode === true ? noCodeInference(parts, workspace, modelIds) : undefined;
}

async function dependencies(artifacts: ArtifactStore, model: Model, serving: Serving): Promise<Packages> {
  const file = (path: string) => model.files.find((one) => one.path === path);
  if (serving.kind === 'mlflow') {
    const texts: Partial<Record<(typeof MLFLOW_FILES)[number], string>> = {};
    for (const name of MLFLOW_FILES) {
      const found = file(serving.path === '.' ? name : `${serving.path}/${name}`);
      if (found !== undefined) {
        texts[name] = (await beginningOf(artifacts, found, LONGEST_FILE_BYTES)).toString();
      }
    }
    return mlflowPackages(model.id, texts);
  }
  const found = file(serving.path);
  if (found === undefined) {
    return packagesOf(model, serving, NO_FACTS);
  }
  const beginning = await beginningOf(artifacts, found, BEGINNING_BYTES);
  checkBeginning(model.id, serving, beginning);
  const facts =
    serving.kind === 'scikit_learn' ? await pickledFacts(await artifacts.open(found.sha256), beginning) : NO_FACTS;
  return packagesOf(model, serving, facts);
}

function scriptOf({ kind, path }: Serving): string {
  return `"""Serves a model that was deployed without an entry script: see docs/no-code.md of Farled."""
from farled_models import ${kind}

served = ${kind}.Model(${JSON.stringify(path)})
init = served.init
run = served.run
`;
}

async function beginningOf(
  artifacts: ArtifactStore,
  { sha256, size }: Pick<Model['files'][number], 'sha256' | 'size'>,
  most: number,
): Promise<Buffer> {
  if (size === 0) {
    return Buffer.alloc(0);
  }
  const chunks: Uint8Array[] = [];
  for await (const chunk of await artifacts.open(sha256, { start: 0, end: Math.min(size, most) - 1 })) {
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, void> {
  await Promise.resolve();
  yield bytes;
}
