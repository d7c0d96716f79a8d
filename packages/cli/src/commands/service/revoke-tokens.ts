import { Webservice } from '@farled/sdk';

import { command } from '../../command.ts';
import { findWorkspace } from '../../workspace.ts';
import { SERVICE_NAME_OPTIONS } from './options.ts';

export const revokeServiceTokens = command({
  path: ['service', 'revoke-tokens'],
  summary: 'Have every token of a service refused that was issued until now.',
  examples: [['Revoke what was issued', 'farled service revoke-tokens -n myservice']],
  options: SERVICE_NAME_OPTIONS,
  async run(options, parts) {
    const service = await Webservice.get(await findWorkspace(options, parts), options.name, parts);
    await service.revokeTokens(parts);
    return undefined;
  },
});
