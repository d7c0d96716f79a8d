import { resolve } from 'node:path';

import { MODEL_FRAMEWORKS } from '@farled/contract';
import { Model } from '@farled/sdk';

import { command, item } from '../../command.ts';
import { choice, pairs, required, text, unbuilt } from '../../parse/options.ts';
import { WORKSPACE_OPTIONS } from '../../parse/shared-options.ts';
import { uploadStatus } from '../../terminal/upload-status.ts';
import { findWorkspace } from '../../workspace.ts';
import { MODEL_COLUMNS } from './columns.ts';
import { writeMetadata } from './metadata-file.ts';
import { RESOURCE_OPTIONS, resourcesOf } from './resource-options.ts';

export const registerModel = command({
  path: ['model', 'register'],
  summary: 'Register a file or a folder as the next version of a model.',
  examples: [
    ['Register a file', 'farled model register -n mymodel -p sklearn_regression_model.pkl'],
    ['Register, and deploy what was registered', 'farled model register -n mymodel -p model.pkl -t model.json'],
  ],
  options: {
    name: required(text('-n --name', 'NAME', 'Name of the model.')),
    modelPath: required(text('-p --model-path', 'PATH', 'File or folder of the model.')),
    description: text('-d --description', 'TEXT', 'What it is.'),
    tags: pairs('--tag', 'A tag; repeat it for several.'),
    properties: pairs('--property', 'A property, which can never be changed; repeat it for several.'),
    framework: choice('--model-framework', MODEL_FRAMEWORKS, 'What it was made with.'),
    frameworkVersion: text('--model-framework-version', 'VERSION', 'Version of what it was made with.'),
    ...RESOURCE_OPTIONS,
    runId: text('-r --run-id', 'ID', 'The run that it comes from.'),
    experimentName: text('--experiment-name', 'NAME', 'The experiment that it comes from.'),
    sampleInputDatasetId: text('--sample-input-dataset-id', 'ID', 'Data set with a sample of its input.'),
    sampleOutputDatasetId: text('--sample-output-dataset-id', 'ID', 'Data set with a sample of its output.'),
    outputMetadataFile: text('-t --output-metadata-file', 'PATH', 'File to write for `farled model deploy -f`.'),
    assetPath: unbuilt('--asset-path', 'Name the file with -p.'),
    runMetadataFile: unbuilt('-f --run-metadata-file', 'Name the file with -p.'),
    ...WORKSPACE_OPTIONS,
  },
  async run(options, parts) {
    const { progress, folder, signal } = parts;
    const workspace = await findWorkspace(options, parts);
    const model = await progress.during(`Registering ${options.name}`, ({ status }) =>
      Model.register(workspace, {
        modelName: options.name,
        modelPath: resolve(folder, options.modelPath),
        description: options.description,
        tags: options.tags,
        properties: options.properties,
        modelFramework: options.framework,
        modelFrameworkVersion: options.frameworkVersion,
        resourceConfiguration: resourcesOf(options),
        runId: options.runId,
        experimentName: options.experimentName,
        sampleInputDatasetId: options.sampleInputDatasetId,
        sampleOutputDatasetId: options.sampleOutputDatasetId,
        onProgress: uploadStatus(status),
        signal,
      }),
    );
    if (options.outputMetadataFile !== undefined) {
      await writeMetadata(resolve(folder, options.outputMetadataFile), model);
    }
    return item(model.serialize(), MODEL_COLUMNS);
  },
});
