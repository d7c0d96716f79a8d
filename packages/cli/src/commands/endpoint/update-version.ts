import { AksEndpoint } from '@farled/sdk';

import { command, item } from '../../command.ts';
import { pairs, texts } from '../../parse/options.ts';
import { uploadStatus } from '../../terminal/upload-status.ts';
import { findWorkspace } from '../../workspace.ts';
import { inferenceOf } from '../service/inference-options.ts';
import { modelsNamed } from '../service/models-named.ts';
import { ENDPOINT_COLUMNS } from './columns.ts';
import { VERSION_OPTIONS } from './options.ts';
import { versionSettings } from './version-settings.ts';

export const updateEndpointVersion = command({
  path: ['endpoint', 'realtime', 'update-version'],
  summary: 'Change a version or its share without losing a request; what is not named stays.',
  examples: [
    ['Give a version half of the requests', 'farled endpoint realtime update-version -n myendpoint --vn v2 --tp 50'],
    ['Make it the default one', 'farled endpoint realtime update-version -n myendpoint --vn v2 --is-default true'],
  ],
  options: {
    ...VERSION_OPTIONS,
    tags: pairs('--tag', 'A tag; those given replace all it has.'),
    addTags: pairs('--add-tag', 'A tag to add or change; repeat it for several.'),
    removeTags: texts('--remove-tag', 'KEY', 'A tag to remove; repeat it for several.'),
    addProperties: pairs('--add-property', 'A property to add; repeat it for several.'),
  },
  async run(options, parts) {
    const { progress, signal } = parts;
    const { versionName, isDefault, isControlVersionType, tags, addTags, removeTags, addProperties } = options;
    const workspace = await findWorkspace(options, parts);
    const endpoint = await AksEndpoint.get(workspace, options.name, parts);
    const inferenceConfig = await inferenceOf(options, workspace, parts);
    const models = await modelsNamed(options, workspace, parts);
    const said = await versionSettings(options, parts.folder);
    await progress.during(`Updating version ${versionName} of ${endpoint.name}`, async ({ line, status }) => {
      await endpoint.updateVersion(versionName, {
        ...said,
        tags: tags ?? said.tags,
        addTags,
        removeTags: removeTags.length === 0 ? undefined : removeTags,
        properties: addProperties ?? said.properties,
        inferenceConfig,
        models: models.length === 0 ? undefined : models,
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
