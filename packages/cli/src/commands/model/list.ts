import { Model } from '@farled/sdk';

import { command, list } from '../../command.ts';
import { flag, text, unbuilt } from '../../parse/options.ts';
import { FILTER_OPTIONS, WORKSPACE_OPTIONS } from '../../parse/shared-options.ts';
import { findWorkspace } from '../../workspace.ts';
import { MODEL_COLUMNS } from './columns.ts';

export const listModels = command({
  path: ['model', 'list'],
  summary: 'List models, newest first.',
  examples: [['List the newest version of each model', 'farled model list -l']],
  options: {
    name: text('-n --model-name', 'NAME', 'Only versions of this model.'),
    latest: flag('-l --latest', 'Only the newest version of each.'),
    ...FILTER_OPTIONS,
    runId: text('--run-id', 'ID', 'Only those of this run.'),
    datasetId: unbuilt('--dataset-id'),
    ...WORKSPACE_OPTIONS,
  },
  async run(options, parts) {
    const { name, latest, tag, property, runId } = options;
    const filter = { name, latest, tags: tag, properties: property, runId, signal: parts.signal };
    const all = await Model.list(await findWorkspace(options, parts), filter);
    return list(
      all.map((model) => model.serialize()),
      MODEL_COLUMNS,
    );
  },
});
