/** Images as azureml-core reads them. Pure. */
import type { Model } from '@farled/contract';
import type { LegacyImageRecord } from '@farled/state';

import { toEmbeddedModel } from '../models/wire-model.ts';
import type { CreateImageRequest } from './wire-request.ts';

type Asked = Partial<Pick<CreateImageRequest, 'driverProgram' | 'assets' | 'targetRuntime'>>;

/** @param models those of the image that are still there. */
export function toWireImage(image: LegacyImageRecord, models: readonly Model[]) {
  const { name, version, description, tags, properties, recipe, createdTime } = image;
  const { driverProgram, assets = [], targetRuntime } = image.asked as Asked;
  return {
    id: `${name}:${version}`,
    name,
    version,
    description,
    kvTags: tags,
    properties,
    createdTime,
    creationState: 'Succeeded',
    // Nothing is built before a service is made of it.
    imageLocation: null,
    imageBuildLogUri: null,
    generatedDockerFileUri: null,
    imageType: 'Docker',
    imageFlavor: 'WebApiContainer',
    modelIds: recipe.models,
    modelDetails: models.map(toEmbeddedModel),
    driverProgram: driverProgram ?? 'driver',
    assets: assets.map(({ id, url, mimeType, unpack }) => ({
      id: id ?? null,
      url,
      mimeType: mimeType ?? 'application/octet-stream',
      unpack: unpack ?? false,
    })),
    targetRuntime: {
      runtimeType: targetRuntime?.runtimeType ?? 'Python',
      targetArchitecture: targetRuntime?.targetArchitecture ?? 'Amd64',
      properties: {
        condaEnvFile: targetRuntime?.properties?.condaEnvFile ?? null,
        pipRequirements: targetRuntime?.properties?.pipRequirements ?? null,
      },
    },
  };
}
