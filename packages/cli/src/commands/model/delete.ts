import { Model } from '@farled/sdk';

import { command } from '../../command.ts';
import { required, text } from '../../parse/options.ts';
import { WORKSPACE_OPTIONS } from '../../parse/shared-options.ts';
import { findWorkspace } from '../../workspace.ts';

export const deleteModel = command({
  path: ['model', 'delete'],
  summary: 'Delete a model that no service uses.',
  examples: [['Delete one version', 'farled model delete -i mymodel:1']],
  options: { modelId: required(text('-i --model-id', 'NAME:VERSION', 'Id of the model.')), ...WORKSPACE_OPTIONS },
  async run(options, parts) {
    const model = await Model.get(await findWorkspace(options, parts), { id: options.modelId }, parts);
    await model.delete(parts.signal);
    return undefined;
  },
});
