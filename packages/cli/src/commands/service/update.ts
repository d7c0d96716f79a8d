import { resolve } from 'node:path';

import { FarledError } from '@farled/contract';
import { overlaySettings, readDeploymentConfig, settingsOf, Webservice } from '@farled/sdk';

import { command, item } from '../../command.ts';
import { pairs, text, texts, unbuilt } from '../../parse/options.ts';
import { NO_WAIT } from '../../parse/shared-options.ts';
import { uploadStatus } from '../../terminal/upload-status.ts';
import { findWorkspace } from '../../workspace.ts';
import { SERVICE_COLUMNS } from './columns.ts';
import { INFERENCE_OPTIONS, inferenceOf } from './inference-options.ts';
import { modelsNamed } from './models-named.ts';
import { SERVICE_NAME_OPTIONS } from './options.ts';
import { SETTING_OPTIONS, settingParameters, UNBUILT_SERVICE_OPTIONS } from './setting-options.ts';

export const updateService = command({
  path: ['service', 'update'],
  summary: 'Change a service without losing a request; what is not named stays.',
  examples: [
    ['Move to a new version of the model', 'farled service update -n myservice -m mymodel:2'],
    ['Move to a new entry script', 'farled service update -n myservice -ic inferenceconfig.json'],
    ['Add a tag', 'farled service update -n myservice --add-tag release=2'],
  ],
  options: {
    ...SERVICE_NAME_OPTIONS,
    ...INFERENCE_OPTIONS,
    deployConfigFile: text(
      '--dc --deploy-config-file',
      'PATH',
      'Deployment config, JSON or YAML; options go before it.',
    ),
    ...SETTING_OPTIONS,
    description: text('--description', 'TEXT', 'What it is.'),
    tags: pairs('--tag', 'A tag; those given replace all it has.'),
    addTags: pairs('--add-tag', 'A tag to add or change; repeat it for several.'),
    removeTags: texts('--remove-tag', 'KEY', 'A tag to remove; repeat it for several.'),
    addProperties: pairs('--add-property', 'A property to add; repeat it for several.'),
    primaryKey: unbuilt('--kp --primary-key', 'Use service regen-key -k Primary -s KEY.'),
    secondaryKey: unbuilt('--ks --secondary-key', 'Use service regen-key -k Secondary -s KEY.'),
    ...UNBUILT_SERVICE_OPTIONS,
    versionName: unbuilt('--vn --version-name', 'A service has no versions: use endpoint realtime update-version.'),
    trafficPercentile: unbuilt(
      '--tp --traffic-percentile',
      'A service has no versions: use endpoint realtime update-version.',
    ),
    noWait: NO_WAIT,
  },
  async run(options, parts) {
    const { progress, signal } = parts;
    const { removeTags, addProperties, deployConfigFile } = options;
    const workspace = await findWorkspace(options, parts);
    const service = await Webservice.get(workspace, options.name, parts);
    const models = await modelsNamed(options, workspace, parts);
    const inferenceConfig = await inferenceOf(options, workspace, parts);
    const document =
      deployConfigFile === undefined ? undefined : await readDeploymentConfig(resolve(parts.folder, deployConfigFile));
    if (document?.endpoint !== undefined) {
      throw new FarledError('BadArgument', `The deployment config "${deployConfigFile}" is of an endpoint.`, {
        suggestion: 'Set its computeType to "aks", or use endpoint realtime update-version.',
      });
    }
    await progress.during(`Updating ${service.name}`, async ({ line, status }) => {
      await service.update({
        settings: overlaySettings(document?.settings ?? {}, settingsOf(settingParameters(options))),
        models: models.length === 0 ? undefined : models,
        inferenceConfig,
        description: options.description ?? document?.description,
        tags: options.tags ?? document?.tags,
        addTags: options.addTags,
        removeTags: removeTags.length === 0 ? undefined : removeTags,
        properties: addProperties ?? document?.properties,
        onProgress: uploadStatus(status),
        notice: progress.notice,
        signal,
      });
      if (!options.noWait) {
        status('');
        await service.waitForDeployment({ showOutput: line, signal });
      }
    });
    return item(service.serialize(), SERVICE_COLUMNS);
  },
});
