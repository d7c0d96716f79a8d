import { Model } from '@farled/sdk';

import { command, item } from '../../command.ts';
import { pairs, required, text, texts } from '../../parse/options.ts';
import { WORKSPACE_OPTIONS } from '../../parse/shared-options.ts';
import { findWorkspace } from '../../workspace.ts';
import { MODEL_COLUMNS } from './columns.ts';
import { RESOURCE_OPTIONS, resourcesOf } from './resource-options.ts';

export const updateModel = command({
  path: ['model', 'update'],
  summary: 'Change tags, description and resource defaults of a model; add properties.',
  examples: [['Mark a model', 'farled model update -i mymodel:1 --add-tag stage=production']],
  options: {
    modelId: required(text('-i --model-id', 'NAME:VERSION', 'Id of the model.')),
    addTags: pairs('--add-tag', 'A tag to add or change; repeat it for several.'),
    removeTags: texts('--remove-tag', 'KEY', 'A tag to remove; repeat it for several.'),
    addProperties: pairs('--add-property', 'A property to add; repeat it for several.'),
    description: text('-d --description', 'TEXT', 'What it is.'),
    ...RESOURCE_OPTIONS,
    sampleInputDatasetId: text('--sample-input-dataset-id', 'ID', 'Data set with a sample of its input.'),
    sampleOutputDatasetId: text('--sample-output-dataset-id', 'ID', 'Data set with a sample of its output.'),
    ...WORKSPACE_OPTIONS,
  },
  async run(options, parts) {
    const { addTags, removeTags, addProperties, description } = options;
    const model = await Model.get(await findWorkspace(options, parts), { id: options.modelId }, parts);
    await model.update(
      {
        addTags,
        removeTags: [...removeTags],
        addProperties,
        description,
        resourceRequirements: resourcesOf(options),
        sampleInputDatasetId: options.sampleInputDatasetId,
        sampleOutputDatasetId: options.sampleOutputDatasetId,
      },
      parts.signal,
    );
    return item(model.serialize(), MODEL_COLUMNS);
  },
});
