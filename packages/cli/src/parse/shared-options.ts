/** Options that many commands have. */
import type { ValuesOf } from '../command.ts';
import { choice, flag, text, texts } from './options.ts';

const OUTPUT_FORMATS = ['json', 'jsonc', 'table', 'tsv', 'yaml', 'none'] as const;
export type OutputFormat = (typeof OUTPUT_FORMATS)[number];

/** Every command has them. */
export const GLOBAL_OPTIONS = {
  output: choice('-o --output', OUTPUT_FORMATS, 'Format of the output; a table on terminals and JSON elsewhere.'),
  query: text('--query', 'JMESPATH', 'What to print of the output, as a JMESPath expression.'),
  onlyShowErrors: flag('--only-show-errors', 'Print nothing but errors to the standard error output.'),
  verbose: flag('-v --verbose', 'Print each request.'),
  debug: flag('--debug', 'Print each request, and the stack of an error.'),
} as const;
export type GlobalValues = ValuesOf<typeof GLOBAL_OPTIONS>;

/** Which workspace; from config.json, FARLED_WORKSPACE, or the only one there is when nothing is said. */
export const WORKSPACE_OPTIONS = {
  workspaceName: text('-w --workspace-name', 'NAME', 'Name of the workspace.'),
  resourceGroup: text('-g --resource-group', 'NAME', "The workspace's resource group."),
  subscriptionId: text('--subscription-id', 'ID', "The workspace's subscription."),
  path: text(
    '--path',
    'PATH',
    "Folder from which upwards a workspace's config.json is looked for; the current one by default.",
  ),
} as const;
export type WorkspaceValues = ValuesOf<typeof WORKSPACE_OPTIONS>;

export const FILTER_OPTIONS = {
  tag: texts('--tag', 'KEY[=VALUE]', 'Only those with this tag; repeat it to narrow further.'),
  property: texts('--property', 'KEY[=VALUE]', 'Only those with this property; repeat it to narrow further.'),
} as const;

export const NO_WAIT = flag('--no-wait', 'Start the work and return at once.');
