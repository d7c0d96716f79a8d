import { AksEndpoint, notSupportedYet } from '@farled/sdk';

import { command, item } from '../../command.ts';
import { pairs } from '../../parse/options.ts';
import { uploadStatus } from '../../terminal/upload-status.ts';
import { findWorkspace } from '../../workspace.ts';
import { inferenceOf } from '../service/inference-options.ts';
import { modelsNamed } from '../service/models-named.ts';
import { ENDPOINT_COLUMNS } from './columns.ts';
import { VERSION_OPTIONS } from './options.ts';
import { versionSettings } from './version-settings.ts';

export const createEndpointVersion = command({
  path: ['endpoint', 'realtime', 'create-version'],
  summary: 'Deploy one more version, which gets its share of the requests once it answers.',
  examples: [
    [
      'Give a new version a tenth of the requests',
      'farled endpoint realtime create-version -n myendpoint --vn v2 -m mymodel:2 -ic inferenceconfig.json --tp 10',
    ],
  ],
  options: {
    ...VERSION_OPTIONS,
    tags: pairs('--tag', 'A tag; repeat it for several.'),
    properties: pairs('--property', 'A property, which can never be changed; repeat it for several.'),
  },
  async run(options, parts) {
    const { progress, signal } = parts;
    const { versionName, isDefault, isControlVersionType, tags, properties } = options;
    const workspace = await findWorkspace(options, parts);
    const endpoint = await AksEndpoint.get(workspace, options.name, parts);
    const inferenceConfig = await inferenceOf(options, workspace, parts);
    if (inferenceConfig === undefined) {
      throw notSupportedYet('Deploying without an entry script', 'Name an inference config with -ic.');
    }
    const models = await modelsNamed(options, workspace, parts);
    const said = await versionSettings(options, parts.folder);
    await progress.during(`Deploying version ${versionName} of ${endpoint.name}`, async ({ line, status }) => {
      await endpoint.createVersion(versionName, {
        ...said,
        tags: tags ?? said.tags,
        properties: properties ?? said.properties,
        inferenceConfig,
        models,
        isDefault,
        isControlVersionType,
        onProgress: uploadStatus(status),
        notice: progress.notice,
        signal,
      });
      if (!options.noWait) {
        status('');
        await endpoint.waitForDeployment({ showOutput: line, signal });
      }
    });
    return item(endpoint.serialize(), ENDPOINT_COLUMNS);
  },
});
