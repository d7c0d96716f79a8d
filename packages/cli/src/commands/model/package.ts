import { resolve } from 'node:path';

import { FarledError } from '@farled/contract';
import { Model } from '@farled/sdk';

import { command, item, type Column } from '../../command.ts';
import { text } from '../../parse/options.ts';
import { NO_WAIT, WORKSPACE_OPTIONS } from '../../parse/shared-options.ts';
import { uploadStatus } from '../../terminal/upload-status.ts';
import { findWorkspace } from '../../workspace.ts';
import { INFERENCE_OPTIONS, inferenceOf } from '../service/inference-options.ts';
import { modelsNamed } from '../service/models-named.ts';

type Packaged = ReturnType<Awaited<ReturnType<typeof Model.package>>['serialize']>;

const COLUMNS: readonly Column<Packaged>[] = [
  ['Form', ({ form }) => form],
  ['Location', ({ location }) => location],
  ['Models', ({ models }) => models.join(', ')],
];

export const packageModel = command({
  path: ['model', 'package'],
  summary: 'Make an image of models with an entry script that runs without Farled, or a Dockerfile for it.',
  examples: [
    ['Make an image in the registry of the server', 'farled model package -m mymodel:1 -ic inferenceconfig.json'],
    [
      'Give the image a name and a label',
      'farled model package -m mymodel:1 -ic inferenceconfig.json --image-name fraud --image-label v3',
    ],
    [
      'Write a Dockerfile with all that it copies into a folder',
      'farled model package -m mymodel:1 -ic inferenceconfig.json --output-path context',
    ],
  ],
  options: {
    ...INFERENCE_OPTIONS,
    imageName: text('--in --image-name', 'NAME', 'Name of the image below the registry; package by default.'),
    imageLabel: text('--il --image-label', 'LABEL', 'Label of the image; the time by default.'),
    outputPath: text('--output-path', 'PATH', 'Folder for a Dockerfile and all that it copies, in place of an image.'),
    noWait: NO_WAIT,
    ...WORKSPACE_OPTIONS,
  },
  async run(options, parts) {
    const { progress, signal, folder } = parts;
    const { imageName, imageLabel, outputPath, noWait } = options;
    if (noWait && outputPath !== undefined) {
      throw new FarledError('BadArgument', '--no-wait and --output-path do not go together.', {
        suggestion: 'Leave --no-wait out: the files are written when they are there.',
      });
    }
    const workspace = await findWorkspace(options, parts);
    const inference = await inferenceOf(options, workspace, parts);
    if (inference === undefined) {
      throw new FarledError('BadArgument', 'There is no entry script to package.', {
        suggestion: 'Name an inference config with -ic, or an entry script with -es.',
      });
    }
    const models = await modelsNamed(options, workspace, parts);
    const made = await progress.during('Packaging', async ({ line, status }) => {
      const started = await Model.package(workspace, models, inference, {
        imageName,
        imageLabel,
        generateDockerfile: outputPath !== undefined,
        onProgress: uploadStatus(status),
        notice: progress.notice,
        signal,
      });
      if (!noWait) {
        status('');
        await started.waitForCreation({ showOutput: line, signal });
      }
      if (outputPath !== undefined) {
        await started.save(resolve(folder, outputPath), { signal });
      }
      return started;
    });
    return item(made.serialize(), COLUMNS);
  },
});
