import { FarledError, routes } from '@farled/contract';
import { Webservice } from '@farled/sdk';

import { command } from '../../command.ts';
import { flag, text } from '../../parse/options.ts';
import { WORKSPACE_OPTIONS } from '../../parse/shared-options.ts';
import { findWorkspace } from '../../workspace.ts';

export const revokeServiceTokens = command({
  path: ['service', 'revoke-tokens'],
  summary: 'Have every token of a service refused that was issued until now.',
  examples: [
    ['Revoke what was issued of a service', 'farled service revoke-tokens -n myservice'],
    ['Replace the key that tokens are signed with', 'farled service revoke-tokens --all'],
  ],
  options: {
    name: text('-n --name', 'NAME', 'Name of the service.'),
    all: flag('--all', 'Of all services, in all workspaces: tokens are signed with a new key.'),
    ...WORKSPACE_OPTIONS,
  },
  async run(options, parts) {
    const { name, all } = options;
    if (all === (name !== undefined)) {
      throw new FarledError('BadArgument', 'Name one service (-n), or all of them (--all).');
    }
    if (name === undefined) {
      await parts.client.call(routes.server.replaceTokenKey, { signal: parts.signal });
    } else {
      const service = await Webservice.get(await findWorkspace(options, parts), name, parts);
      await service.revokeTokens(parts);
    }
    return undefined;
  },
});
