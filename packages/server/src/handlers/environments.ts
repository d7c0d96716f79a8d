import { randomUUID } from 'node:crypto';

import { type EnvironmentDefinition, FarledError } from '@farled/contract';

import type { HandlersOf } from '../handler.ts';
import { operate } from '../operate.ts';
import type { AppParts } from '../parts.ts';

export function environmentHandlers({ state }: AppParts): HandlersOf<'environments'> {
  return {
    listEnvironments: async ({ params, query }) => {
      const { key } = await state.workspaces.get(params);
      return [200, await state.environments.list(key, query)];
    },
    registerEnvironment: async ({ params, body }) => {
      const { key } = await state.workspaces.get(params);
      checkDefinition(body, params.environment);
      return [200, await state.environments.register(key, body)];
    },
    registerEnvironmentVersion: async ({ params, body }) => {
      const { key } = await state.workspaces.get(params);
      checkDefinition(body, params.environment);
      return [200, await state.environments.registerVersion(key, body, Number(params.version))];
    },
    getEnvironment: async ({ params, query: { version, label } }) => {
      const { key } = await state.workspaces.get(params);
      const found =
        label === undefined
          ? await state.environments.get(key, params.environment, version)
          : await state.environments.getByLabel(key, params.environment, label);
      return [200, found];
    },
    labelEnvironment: async ({ params, body }) => {
      const { key } = await state.workspaces.get(params);
      return [200, await state.environments.setLabels(key, params.environment, params.version, body.labels)];
    },
    buildEnvironment: async ({ params, body: { operationId, version } }) => {
      const workspace = await state.workspaces.get(params);
      const found = await state.environments.get(workspace.key, params.environment, version);
      const id = operationId ?? randomUUID();
      const operation = await operate(
        state,
        workspace,
        { operationId: id, request: { kind: 'BuildEnvironment', params, version } },
        () =>
          Promise.resolve({
            kind: 'BuildEnvironment',
            type: 'environment',
            id,
            name: `${found.name}:${found.version}`,
          }),
        async (stores) => stores.environments.announceBuild(id),
      );
      return [202, operation];
    },
  };
}

/** @throws FarledError BadArgument. */
function checkDefinition(definition: EnvironmentDefinition, name: string): void {
  if (definition.name !== name) {
    throw new FarledError('BadArgument', `The definition names "${definition.name}", the path "${name}".`, {
      suggestion: 'Use one name in both places.',
    });
  }
  checkRegistry(definition);
}

/** @throws FarledError BadArgument for a password of nobody, or for nowhere. */
export function checkRegistry({ docker }: EnvironmentDefinition): void {
  const { address, username, password } = docker.baseImageRegistry;
  const missing = address === null ? 'address' : username === null ? 'username' : null;
  if (password !== null && missing !== null) {
    throw new FarledError('BadArgument', `docker.baseImageRegistry has a password and no ${missing}.`, {
      suggestion: `Name the ${missing}: a password is sent to its own registry alone.`,
    });
  }
}
