/** From what a request says to what a service is to be, with every rule that needs the record. */
import {
  DEFAULT_SETTINGS,
  type ErrorDetail,
  FarledError,
  type Inference,
  mergeSettings,
  type Model,
  newSettings,
  parseModelId,
  type ServiceSettings,
  type ServiceSettingsInput,
  settingsConflicts,
} from '@farled/contract';
import type { ComputeRecord, ServiceSpec, Stores, WorkspaceRecord } from '@farled/state';

import { checkRegistry } from './handlers/environments.ts';
import { unsupportedOn } from './supported-on.ts';

export interface Said {
  readonly computeName: string;
  readonly models: readonly string[];
  readonly inference: Inference | undefined;
  /** Whether the inference was made for the model, because none was given; absent: it was given. */
  readonly noCode?: boolean;
  readonly settings: ServiceSettingsInput;
}

/** @throws FarledError for what does not exist, does not fit together, or is not supported yet. */
export async function resolveSpec(
  stores: Stores,
  workspace: WorkspaceRecord,
  said: Said,
  present: ServiceSpec | undefined,
): Promise<ServiceSpec> {
  const compute = await checkTarget(stores, workspace, said.computeName);
  const models: Model[] = [];
  for (const id of said.models) {
    models.push(await stores.models.get(workspace.key, parseModelId(id)));
  }
  const settings =
    present === undefined
      ? newSettings(mergeSettings(DEFAULT_SETTINGS, askedByModels(models)), said.settings)
      : mergeSettings(present.settings, said.settings);
  checkSettings(compute, settings);
  const code = await resolveInference(stores, workspace, said.inference, present);
  const noCode = said.inference === undefined ? present?.noCode : said.noCode === true ? true : undefined;
  await refuseRegistryPassword(stores, workspace, compute, code.environment);
  return {
    computeName: compute.name,
    models: said.models,
    ...code,
    ...(noCode === undefined ? {} : { noCode }),
    settings,
  };
}

/** @throws FarledError for a compute target that does not exist, or that nothing can be deployed to at the moment. */
export async function checkTarget(
  stores: Stores,
  workspace: WorkspaceRecord,
  computeName: string,
): Promise<ComputeRecord> {
  const compute = await stores.computes.get(workspace.key, computeName);
  if (compute.provisioningState !== 'Succeeded') {
    const message = `Compute target "${compute.name}" is not ready: its state is ${compute.provisioningState}.`;
    throw new FarledError('OperationInProgress', message, {
      suggestion:
        compute.provisioningState === 'Failed'
          ? '`farled computetarget show` says why; attach it again, or choose another one.'
          : 'Wait for it, or choose another one.',
    });
  }
  return compute;
}

type Code = Pick<ServiceSpec, 'entryScript' | 'source' | 'environment'>;

/** @throws FarledError for what does not exist or does not fit together. */
export async function resolveInference(
  stores: Stores,
  workspace: WorkspaceRecord,
  inference: Inference | undefined,
  present: ServiceSpec | undefined,
): Promise<Code> {
  if (inference === undefined) {
    if (present === undefined) {
      throw new FarledError('BadArgument', 'inference is needed: an entry script with its environment.');
    }
    const { entryScript, source, environment } = present;
    return { entryScript, source, environment };
  }
  const { entryScript, source } = inference;
  if (!source.some(({ path }) => path === entryScript)) {
    throw new FarledError('BadArgument', `The source folder has no file "${entryScript}" to be the entry script.`, {
      suggestion: 'Name the entry script relative to the source folder.',
    });
  }
  return { entryScript, source, environment: await resolveEnvironment(stores, workspace, inference.environment) };
}

async function resolveEnvironment(
  stores: Stores,
  workspace: WorkspaceRecord,
  environment: Inference['environment'],
): Promise<ServiceSpec['environment']> {
  if ('python' in environment) {
    checkRegistry(environment);
    const { name, version } = await stores.environments.register(workspace.key, environment);
    return { name, version };
  }
  const { name, version } = await stores.environments.get(workspace.key, environment.name, environment.version);
  return { name, version };
}

/** @throws FarledError NotSupportedYet: what would not be used must not look as if it were. */
async function refuseRegistryPassword(
  stores: Stores,
  workspace: WorkspaceRecord,
  compute: ComputeRecord,
  { name, version }: ServiceSpec['environment'],
): Promise<void> {
  if (
    compute.clusterKind === 'local' &&
    (await stores.environments.registryPassword(workspace.key, name, version)) !== null
  ) {
    throw new FarledError('NotSupportedYet', 'Passwords of base image registries are not supported on this machine.', {
      suggestion: 'Leave docker.baseImageRegistry.password out: replicas on this machine need no base image.',
    });
  }
}

/** What the models ask for when a deployment says nothing: the most that any of them asks. */
export function askedByModels(models: readonly Model[]): ServiceSettingsInput {
  const most = (field: 'cpu' | 'memoryInGB' | 'gpu'): number | undefined => {
    const asked = models.flatMap(({ resourceRequirements }) => resourceRequirements?.[field] ?? []);
    return asked.length === 0 ? undefined : Math.max(...asked);
  };
  return { containerResourceRequirements: { cpu: most('cpu'), memoryInGB: most('memoryInGB'), gpu: most('gpu') } };
}

function checkSettings(compute: ComputeRecord, settings: ServiceSettings): void {
  const conflicts = settingsConflicts(settings);
  if (conflicts.length > 0) {
    const details: ErrorDetail[] = conflicts.map((conflict) => ({ code: 'conflict', ...conflict }));
    const listed = conflicts.map(({ target, message }) => `${target}: ${message}`);
    throw new FarledError('BadArgument', `The settings do not fit together: ${listed.join('; ')}.`, { details });
  }
  const { anywhere, here } = unsupportedOn(compute.clusterKind, settings);
  if (anywhere.length + here.length > 0) {
    throw new FarledError('NotSupportedYet', `Not supported yet: ${[...anywhere, ...here].join(', ')}.`, {
      suggestion:
        anywhere.length > 0
          ? 'Leave it out of the deployment configuration.'
          : 'Leave it out of the deployment configuration, or deploy to a compute target that is a Kubernetes.',
    });
  }
}
