import { AksEndpoint } from '@farled/sdk';

import { command } from '../../command.ts';
import { choice, required, text } from '../../parse/options.ts';
import { findWorkspace } from '../../workspace.ts';
import { ENDPOINT_NAME_OPTIONS } from './options.ts';

export const regenerateEndpointKey = command({
  path: ['endpoint', 'realtime', 'regen-key'],
  summary: 'Replace one key of an endpoint.',
  examples: [['Replace the first key', 'farled endpoint realtime regen-key -n myendpoint -k Primary']],
  options: {
    ...ENDPOINT_NAME_OPTIONS,
    key: required(choice('-k --key', ['Primary', 'Secondary'], 'Which key.')),
    setKey: text('-s --set-key', 'KEY', 'Its new value; a random one by default.'),
  },
  async run(options, parts) {
    const { key, setKey } = options;
    const endpoint = await AksEndpoint.get(await findWorkspace(options, parts), options.name, parts);
    const [primaryKey, secondaryKey] = await endpoint.regenKey(key, { setKey, signal: parts.signal });
    return { value: { primaryKey, secondaryKey } };
  },
});
