import { type EnvironmentDefinition, FarledError } from '@farled/contract';

import type { HandlersOf } from '../handler.ts';
import type { AppParts } from '../parts.ts';

export function environmentHandlers({ state }: AppParts): HandlersOf<'environments'> {
  return {
    listEnvironments: async ({ params, query }) => {
      const { key } = await state.workspaces.get(params);
      return [200, await state.environments.list(key, query)];
    },
    registerEnvironment: async ({ params, body }) => {
      const { key } = await state.workspaces.get(params);
      if (body.name !== params.environment) {
        throw new FarledError('BadArgument', `The definition names "${body.name}", the path "${params.environment}".`, {
          suggestion: 'Use one name in both places.',
        });
      }
      checkRegistry(body);
      return [200, await state.environments.register(key, body)];
    },
    getEnvironment: async ({ params, query }) => {
      const { key } = await state.workspaces.get(params);
      return [200, await state.environments.get(key, params.environment, query.version)];
    },
  };
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
