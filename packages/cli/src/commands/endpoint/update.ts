import { FarledError } from '@farled/contract';
import { AksEndpoint } from '@farled/sdk';

import { command, item } from '../../command.ts';
import { pairs, text, texts, truth } from '../../parse/options.ts';
import { NO_WAIT } from '../../parse/shared-options.ts';
import { findWorkspace } from '../../workspace.ts';
import { ENDPOINT_COLUMNS } from './columns.ts';
import { ENDPOINT_NAME_OPTIONS } from './options.ts';

export const updateEndpoint = command({
  path: ['endpoint', 'realtime', 'update'],
  summary: 'Change how requests are shared and who may score; what is not named stays.',
  examples: [
    [
      'Share anew between two versions, at once',
      'farled endpoint realtime update -n myendpoint --traffic v1=20 --traffic v2=80',
    ],
    [
      'Have each user answered by one version',
      'farled endpoint realtime update -n myendpoint --sticky-header x-user-id',
    ],
  ],
  options: {
    ...ENDPOINT_NAME_OPTIONS,
    traffic: pairs('--traffic', 'Percent of the requests of a version; repeat it for several.'),
    defaultVersion: text('--default-version', 'NAME', 'Version that gets what is given to none.'),
    controlVersion: text('--control-version', 'NAME', 'Version that the others are compared with.'),
    stickyHeader: text(
      '--sticky-header',
      'HEADER',
      'Requests with the same value in it go to the same version; "" for none.',
    ),
    mirror: text('--mirror', 'VERSION=PERCENT', 'Version that gets copies of that many requests; "" for none.'),
    authEnabled: truth('--ae --auth-enabled', 'Whether requests need a key.'),
    tokenAuthEnabled: truth('--token-auth-enabled', 'Whether requests need a token, in place of a key.'),
    description: text('--description', 'TEXT', 'What it is.'),
    tags: pairs('--tag', 'A tag; those given replace all it has.'),
    addTags: pairs('--add-tag', 'A tag to add or change; repeat it for several.'),
    removeTags: texts('--remove-tag', 'KEY', 'A tag to remove; repeat it for several.'),
    addProperties: pairs('--add-property', 'A property to add; repeat it for several.'),
    noWait: NO_WAIT,
  },
  async run(options, parts) {
    const { progress, signal } = parts;
    const { defaultVersion, controlVersion, stickyHeader, description, tags, addTags, removeTags } = options;
    const { authEnabled, tokenAuthEnabled, addProperties, traffic, mirror } = options;
    const endpoint = await AksEndpoint.get(await findWorkspace(options, parts), options.name, parts);
    await progress.during(`Updating ${endpoint.name}`, async ({ line }) => {
      await endpoint.update({
        traffic:
          traffic === undefined
            ? undefined
            : Object.fromEntries(Object.entries(traffic).map(([name, value]) => [name, percent('--traffic', value)])),
        defaultVersion,
        controlVersion,
        stickyHeader: stickyHeader === '' ? null : stickyHeader,
        mirror: mirror === undefined ? undefined : mirrorOf(mirror),
        authEnabled,
        tokenAuthEnabled,
        description,
        tags,
        addTags,
        removeTags: removeTags.length === 0 ? undefined : [...removeTags],
        properties: addProperties,
        signal,
      });
      if (!options.noWait) {
        await endpoint.waitForDeployment({ showOutput: line, signal });
      }
    });
    return item(endpoint.serialize(), ENDPOINT_COLUMNS);
  },
});

function mirrorOf(said: string): { version: string; percentile: number } | null {
  if (said === '') {
    return null;
  }
  const [version = '', value = ''] = said.split('=');
  return { version, percentile: percent('--mirror', value) };
}

function percent(option: string, value: string): number {
  if (!/^\d+(?:\.\d+)?$/.test(value)) {
    throw new FarledError('BadArgument', `${option} needs a percentage for each version, not "${value}".`, {
      suggestion: `Write it as ${option} v2=10.`,
    });
  }
  return Number(value);
}
