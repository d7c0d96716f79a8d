/** What options and deployment config say of a version, field by field; options go before. */
import { resolve } from 'node:path';

import { overlaySettings, readDeploymentConfig, settingsOf } from '@farled/sdk';

import type { ValuesOf } from '../../command.ts';
import { settingParameters } from '../service/setting-options.ts';
import type { VERSION_OPTIONS } from './options.ts';

export async function versionSettings(options: ValuesOf<typeof VERSION_OPTIONS>, folder: string) {
  const { deployConfigFile, trafficPercentile, description } = options;
  const said = settingsOf(settingParameters({ ...options, authEnabled: undefined, tokenAuthEnabled: undefined }));
  if (deployConfigFile === undefined) {
    return { settings: said, trafficPercentile, description };
  }
  const document = await readDeploymentConfig(resolve(folder, deployConfigFile));
  const { authEnabled: _, tokenAuthEnabled: __, ...settings } = overlaySettings(document.settings, said);
  return {
    settings,
    trafficPercentile: trafficPercentile ?? document.endpoint?.trafficPercentile,
    description: description ?? document.description,
    tags: document.tags,
    properties: document.properties,
  };
}
