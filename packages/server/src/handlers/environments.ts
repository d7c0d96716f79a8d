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
      checkEnvironment(body);
      return [200, await state.environments.register(key, body)];
    },
    getEnvironment: async ({ params, query }) => {
      const { key } = await state.workspaces.get(params);
      return [200, await state.environments.get(key, params.environment, query.version)];
    },
  };
}

/** @throws FarledError NotSupportedYet for what would have to be kept secret: definitions are shown to readers. */
export function checkEnvironment({ docker }: EnvironmentDefinition): void {
  if (docker.baseImageRegistry.password !== null) {
    throw new FarledError('NotSupportedYet', 'Passwords of base image registries are not supported yet.', {
      suggestion: 'Leave docker.baseImageRegistry.password out: replicas on this machine need no base image.',
    });
  }
}
