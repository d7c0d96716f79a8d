/** How a service is named. */
import { required, text } from '../../parse/options.ts';
import { WORKSPACE_OPTIONS } from '../../parse/shared-options.ts';

export const SERVICE_NAME_OPTIONS = {
  name: required(text('-n --name', 'NAME', 'Name of the service.')),
  ...WORKSPACE_OPTIONS,
} as const;
