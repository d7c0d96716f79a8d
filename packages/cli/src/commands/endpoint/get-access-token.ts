import { AksEndpoint } from '@farled/sdk';

import { command } from '../../command.ts';
import { accessTokenValue } from '../../output/access-token.ts';
import { findWorkspace } from '../../workspace.ts';
import { ENDPOINT_NAME_OPTIONS } from './options.ts';

export const getEndpointAccessToken = command({
  path: ['endpoint', 'realtime', 'get-access-token'],
  summary: 'Print a token of an endpoint with token authentication.',
  examples: [
    ['Print the token alone', 'farled endpoint realtime get-access-token -n myendpoint --query accessToken -o tsv'],
  ],
  options: ENDPOINT_NAME_OPTIONS,
  async run(options, parts) {
    const endpoint = await AksEndpoint.get(await findWorkspace(options, parts), options.name, parts);
    return { value: accessTokenValue(await endpoint.getAccessToken(parts)) };
  },
});
