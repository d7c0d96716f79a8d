import { SERVICE_PRINCIPAL } from '../../azureml/identity.ts';
import { CLIENT_OPTIONS, prepareClient } from '../../azureml/prepare.ts';
import { renderVariables, SHELLS } from '../../azureml/shell.ts';
import { command } from '../../command.ts';
import { choice, flag } from '../../parse/options.ts';

export const printClientVariables = command({
  path: ['azureml', 'env'],
  summary: 'Print the variables by which the unmodified azureml-core finds the server, for a shell to take in.',
  examples: [
    ['Print them as `source <(farled azureml env)` takes them in', 'farled azureml env --shell bash'],
    ['Write a .env file', 'farled azureml env --shell dotenv'],
    [
      'Come as a service principal to a server on another machine',
      'farled azureml env --url https://farled.blob.example.com:7312 --ca-file ca.crt --identity service-principal --client-id ci',
    ],
  ],
  options: {
    shell: choice('--shell', SHELLS, 'What reads the lines; bash, which zsh and sh read as well, by default.'),
    ...CLIENT_OPTIONS,
    showSecrets: flag('--show-secrets', 'Print the password of the service principal as well.'),
  },
  async run(options, parts) {
    const { variables } = await prepareClient(options, parts);
    const { [SERVICE_PRINCIPAL.password]: password, ...shown } = variables;
    const hides = typeof password === 'string' && !options.showSecrets;
    if (hides && parts.variables[SERVICE_PRINCIPAL.password] !== password) {
      parts.progress.notice(`${SERVICE_PRINCIPAL.password} is not printed: set it yourself, or add --show-secrets.`);
    }
    return { value: renderVariables(options.shell ?? 'bash', hides ? shown : variables), prefer: 'text' };
  },
});
