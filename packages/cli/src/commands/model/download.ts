import { resolve } from 'node:path';

import { Model } from '@farled/sdk';

import { command, item } from '../../command.ts';
import { flag, required, text } from '../../parse/options.ts';
import { WORKSPACE_OPTIONS } from '../../parse/shared-options.ts';
import { findWorkspace } from '../../workspace.ts';

export const downloadModel = command({
  path: ['model', 'download'],
  summary: "Download a model's files.",
  examples: [['Download into a folder', 'farled model download -i mymodel:1 -t models']],
  options: {
    modelId: required(text('-i --model-id', 'NAME:VERSION', 'Id of the model.')),
    targetDir: required(text('-t --target-dir', 'PATH', 'Folder to write into.')),
    overwrite: flag('--overwrite', 'Replace files that exist.'),
    ...WORKSPACE_OPTIONS,
  },
  async run(options, parts) {
    const { progress, folder, signal } = parts;
    const model = await Model.get(await findWorkspace(options, parts), { id: options.modelId }, parts);
    const path = await progress.during(`Downloading ${model.id}`, () =>
      model.download({ targetDir: resolve(folder, options.targetDir), existOk: options.overwrite, signal }),
    );
    return item({ modelId: model.id, path }, [
      ['Model', () => model.id],
      ['Path', () => path],
    ]);
  },
});
