/** How an environment is named. */
import { required, text } from '../../parse/options.ts';
import { WORKSPACE_OPTIONS } from '../../parse/shared-options.ts';

export const ENVIRONMENT_NAME_OPTIONS = {
  name: required(text('-n --name', 'NAME', 'Name of the environment.')),
  version: text('-v --version', 'VERSION', 'Version; the newest by default.'),
  ...WORKSPACE_OPTIONS,
} as const;
