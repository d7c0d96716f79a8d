import { AksEndpoint } from '@farled/sdk';

import { command } from '../../command.ts';
import { required, text } from '../../parse/options.ts';
import { findWorkspace } from '../../workspace.ts';
import { ENDPOINT_NAME_OPTIONS } from './options.ts';

export const runEndpoint = command({
  path: ['endpoint', 'realtime', 'run'],
  summary: 'Score one input, with the first key or a token.',
  examples: [
    ['Score one row', `farled endpoint realtime run -n myendpoint -d '{"data": [[1,2,3,4,5,6,7,8,9,10]]}'`],
    [
      'Try a version that gets no requests yet',
      `farled endpoint realtime run -n myendpoint --vn v2 -d '{"data": [[1,2,3,4,5,6,7,8,9,10]]}'`,
    ],
  ],
  options: {
    ...ENDPOINT_NAME_OPTIONS,
    versionName: text('--vn --version-name', 'NAME', 'Only this version, whatever it gets of the requests.'),
    inputData: required(text('-d --input-data', 'TEXT', 'Body of the request.')),
  },
  async run(options, parts) {
    const { versionName, inputData } = options;
    const endpoint = await AksEndpoint.get(await findWorkspace(options, parts), options.name, parts);
    return { value: await endpoint.run(inputData, { versionName, signal: parts.signal }), prefer: 'json' };
  },
});
