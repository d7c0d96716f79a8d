import { CLIENT_OPTIONS, prepareClient } from '../../azureml/prepare.ts';
import { applyVariables } from '../../azureml/variables.ts';
import { command } from '../../command.ts';

export const runWithClientVariables = command({
  path: ['azureml', 'run'],
  summary: 'Run a program with the variables by which the unmodified azureml-core finds the server.',
  examples: [
    ['Run a script as it is', 'farled azureml run -- python train.py --epochs 3'],
    ['Run it as a person who logs in', 'farled azureml run --identity login python train.py'],
  ],
  options: CLIENT_OPTIONS,
  rest: 'command',
  async run(options, parts, [file = '', ...given]) {
    const { variables } = await prepareClient(options, parts);
    const { exitCode } = await parts.execute({
      file,
      arguments: given,
      folder: parts.folder,
      variables: applyVariables(parts.variables, variables),
    });
    return { value: undefined, exitCode };
  },
});
