import { Webservice } from '@farled/sdk';

import { command } from '../../command.ts';
import { choice, required, text } from '../../parse/options.ts';
import { findWorkspace } from '../../workspace.ts';
import { SERVICE_NAME_OPTIONS } from './options.ts';

export const regenerateServiceKey = command({
  path: ['service', 'regen-key'],
  summary: 'Replace one key of a service.',
  examples: [['Replace the first key', 'farled service regen-key -n myservice -k Primary']],
  options: {
    ...SERVICE_NAME_OPTIONS,
    key: required(choice('-k --key', ['Primary', 'Secondary'], 'Which key.')),
    setKey: text('-s --set-key', 'KEY', 'Its new value; a random one by default.'),
  },
  async run(options, parts) {
    const { key, setKey } = options;
    const service = await Webservice.get(await findWorkspace(options, parts), options.name, parts);
    const [primaryKey, secondaryKey] = await service.regenKey(key, { setKey, signal: parts.signal });
    return { value: { primaryKey, secondaryKey } };
  },
});
