import { AUDIENCE } from '@farled/identity';

import { json } from '../answer.ts';
import type { CompatibleParts } from '../parts.ts';
import { type CompatibleRoute, SUPPORTED } from '../route.ts';
import { cloudTable } from './cloud-table.ts';

export function metadataRoutes({ url }: CompatibleParts): readonly CompatibleRoute[] {
  return [
    {
      row: '1.2',
      method: 'GET',
      path: '/metadata/endpoints',
      client: 'import azureml.core (ARM_CLOUD_METADATA_URL)',
      support: SUPPORTED,
      dialect: 'arm',
      need: null,
      answer: () => Promise.resolve(json(cloudTable(url(), AUDIENCE))),
    },
  ];
}
