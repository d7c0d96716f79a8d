/** The environment that a deployment carries whole. */
import { isDeepStrictEqual } from 'node:util';

import {
  type EnvironmentDefinition,
  isFarledError,
  parseOrThrow,
  routes,
  type WorkspaceReference,
} from '@farled/contract';
import { z } from 'zod';

import { fromWireEnvironment } from '../environments/wire-environment.ts';
import type { CompatibleParts } from '../parts.ts';
import type { Code } from './deployment.ts';
import type { SaidScript } from './entry-script.ts';

type Wanted = Code['inference']['environment'];

export interface FoundEnvironment {
  readonly environment: Wanted;
  /** Which script to run, as azureml-core writes it among the variables; null when it does not. */
  readonly script: SaidScript | null;
}

const ENTRY_SCRIPT = 'AZUREML_ENTRY_SCRIPT';
const SOURCE_DIRECTORY = 'AZUREML_SOURCE_DIRECTORY';

/** Only a registration may not take a name that begins like those of Microsoft: deployments bring such environments. */
const Named = z.object({ name: z.string({ error: 'must be text' }) }, { error: 'must be an object' });

/** @throws FarledError BadArgument naming what of it can't be used; NotSupportedYet for what Farled has not. */
export async function findEnvironment(
  { api }: Pick<CompatibleParts, 'api'>,
  workspace: WorkspaceReference,
  body: unknown,
  signal: AbortSignal,
): Promise<FoundEnvironment> {
  const { name } = parseOrThrow(Named, body, 'The environment');
  const { environmentVariables, ...rest } = { ...fromWireEnvironment(body, PLACEHOLDER), name };
  const { [ENTRY_SCRIPT]: entryScript, [SOURCE_DIRECTORY]: sourceDirectory, ...variables } = environmentVariables;
  const definition = { ...rest, environmentVariables: variables };
  const registered = await sameVersion(api, workspace, definition, signal);
  return {
    environment: registered ?? definition,
    script: entryScript === undefined ? null : { entryScript, sourceDirectory: sourceDirectory ?? '' },
  };
}

const PLACEHOLDER = 'deployed';

/** A version that was registered and deployed as it was is that version, whatever came after it. */
async function sameVersion(
  api: CompatibleParts['api'],
  workspace: WorkspaceReference,
  definition: EnvironmentDefinition,
  signal: AbortSignal,
): Promise<Wanted | undefined> {
  const { name, version } = definition;
  if (version === null) {
    return undefined;
  }
  const input = { params: { ...workspace, environment: name }, query: { version }, body: undefined };
  const found = await api.call(routes.environments.get, input, { signal }).catch((error: unknown) => {
    // Of another workspace, or one that the definition only says.
    if (isFarledError(error)) {
      return undefined;
    }
    throw error;
  });
  return isDeepStrictEqual(found?.definition, definition) ? { name, version } : undefined;
}
