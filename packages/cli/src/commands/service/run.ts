import { resolve } from 'node:path';

import { trustAuthority, Webservice } from '@farled/sdk';

import { command } from '../../command.ts';
import { required, text } from '../../parse/options.ts';
import { findWorkspace } from '../../workspace.ts';
import { SERVICE_NAME_OPTIONS } from './options.ts';

export const runService = command({
  path: ['service', 'run'],
  summary: 'Score one input, with the first key or a token.',
  examples: [
    ['Score one row', `farled service run -n myservice -d '{"data": [[1,2,3,4,5,6,7,8,9,10]]}'`],
    ['Trust the authority of the certificate of your own', `farled service run -n myservice --ca-file ca.pem -d '{}'`],
  ],
  options: {
    ...SERVICE_NAME_OPTIONS,
    caFile: text(
      '--ca-file',
      'FILE',
      'Certificate of an authority to trust beside the usual ones, PEM; or FARLED_CA_FILE.',
    ),
    inputData: required(text('-d --input-data', 'TEXT', 'Body of the request.')),
  },
  async run(options, parts) {
    const caFile = options.caFile ?? (parts.variables['FARLED_CA_FILE'] || undefined);
    if (caFile !== undefined) {
      await trustAuthority(resolve(parts.folder, caFile));
    }
    const service = await Webservice.get(await findWorkspace(options, parts), options.name, parts);
    return { value: await service.run(options.inputData, parts), prefer: 'json' };
  },
});
