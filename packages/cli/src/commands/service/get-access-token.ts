import { Webservice } from '@farled/sdk';

import { command } from '../../command.ts';
import { accessTokenValue } from '../../output/access-token.ts';
import { findWorkspace } from '../../workspace.ts';
import { SERVICE_NAME_OPTIONS } from './options.ts';

export const getServiceAccessToken = command({
  path: ['service', 'get-access-token'],
  summary: 'Print a token of a service with token authentication.',
  examples: [['Print the token alone', 'farled service get-access-token -n myservice --query accessToken -o tsv']],
  options: SERVICE_NAME_OPTIONS,
  async run(options, parts) {
    const service = await Webservice.get(await findWorkspace(options, parts), options.name, parts);
    return { value: accessTokenValue(await service.getAccessToken(parts)) };
  },
});
