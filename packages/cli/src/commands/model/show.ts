import { FarledError } from '@farled/contract';
import { Model } from '@farled/sdk';

import { command, item } from '../../command.ts';
import { text, unbuilt, whole } from '../../parse/options.ts';
import { WORKSPACE_OPTIONS } from '../../parse/shared-options.ts';
import { findWorkspace } from '../../workspace.ts';
import { MODEL_COLUMNS } from './columns.ts';

export const showModel = command({
  path: ['model', 'show'],
  summary: 'Show a model.',
  examples: [
    ['Show one version', 'farled model show -i mymodel:1'],
    ['Show the newest version', 'farled model show -n mymodel'],
  ],
  options: {
    modelId: text('-i --model-id', 'NAME:VERSION', 'Id of the model.'),
    modelName: text('-n --model-name', 'NAME', 'Name of the model, in place of its id.'),
    version: whole('--version', 'Version; the newest by default.'),
    runId: unbuilt('--run-id'),
    ...WORKSPACE_OPTIONS,
  },
  async run(options, parts) {
    const { modelId, modelName, version } = options;
    if ((modelId === undefined) === (modelName === undefined)) {
      throw new FarledError('BadArgument', 'The model is named by -i, or by -n: exactly one of them.');
    }
    const reference = modelName === undefined ? { id: modelId ?? '' } : { name: modelName, version };
    const model = await Model.get(await findWorkspace(options, parts), reference, parts);
    return item(model.serialize(), MODEL_COLUMNS);
  },
});
