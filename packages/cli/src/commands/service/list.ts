import { Webservice } from '@farled/sdk';

import { command, list } from '../../command.ts';
import { text, unbuilt } from '../../parse/options.ts';
import { FILTER_OPTIONS, WORKSPACE_OPTIONS } from '../../parse/shared-options.ts';
import { findWorkspace } from '../../workspace.ts';
import { SERVICE_COLUMNS } from './columns.ts';

export const listServices = command({
  path: ['service', 'list'],
  summary: 'List services, last changed first.',
  examples: [['List the services that use a model', 'farled service list --model-name mymodel']],
  options: {
    computeType: text('-c --compute-type', 'TYPE', 'Only those on this type of compute target.'),
    modelName: text('--model-name', 'NAME', 'Only those that use a version of this model.'),
    modelId: text('--model-id', 'NAME:VERSION', 'Only those that use this model.'),
    imageDigest: unbuilt('--image-digest'),
    ...FILTER_OPTIONS,
    ...WORKSPACE_OPTIONS,
  },
  async run(options, parts) {
    const { computeType, modelName, modelId, tag, property } = options;
    const all = await Webservice.list(await findWorkspace(options, parts), {
      computeType,
      modelName,
      modelId,
      tags: tag,
      properties: property,
      signal: parts.signal,
    });
    return list(
      all.map((service) => service.serialize()),
      SERVICE_COLUMNS,
    );
  },
});
