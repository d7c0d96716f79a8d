/** How endpoints and their versions are named, and what both changes of a version take. */
import { required, text, truth, decimal, unbuilt } from '../../parse/options.ts';
import { NO_WAIT, WORKSPACE_OPTIONS } from '../../parse/shared-options.ts';
import { INFERENCE_OPTIONS } from '../service/inference-options.ts';
import { SETTING_OPTIONS, UNBUILT_SERVICE_OPTIONS } from '../service/setting-options.ts';

export const ENDPOINT_NAME_OPTIONS = {
  name: required(text('-n --name', 'NAME', 'Name of the endpoint.')),
  ...WORKSPACE_OPTIONS,
} as const;

export const VERSION_NAME_OPTIONS = {
  ...ENDPOINT_NAME_OPTIONS,
  versionName: required(text('--vn --version-name', 'NAME', 'Name of the version.')),
} as const;

const AUTHENTICATION = 'Who may score is said of the endpoint: use endpoint realtime update.';
const { authEnabled: _, tokenAuthEnabled: __, ...VERSION_SETTINGS } = SETTING_OPTIONS;

export const VERSION_OPTIONS = {
  ...VERSION_NAME_OPTIONS,
  trafficPercentile: decimal('--tp --traffic-percentile', 'Percent of the requests that it gets.'),
  isDefault: truth('--is-default', 'Whether it gets what is given to no version.'),
  isControlVersionType: truth('--cvt --control-version-type', 'Whether it is what others are compared with.'),
  ...INFERENCE_OPTIONS,
  deployConfigFile: text('--dc --deploy-config-file', 'PATH', 'Deployment config, JSON or YAML; options go before it.'),
  ...VERSION_SETTINGS,
  authEnabled: unbuilt('--ae --auth-enabled', AUTHENTICATION),
  tokenAuthEnabled: unbuilt('--token-auth-enabled', AUTHENTICATION),
  description: text('--description', 'TEXT', 'What it is.'),
  ...UNBUILT_SERVICE_OPTIONS,
  noWait: NO_WAIT,
} as const;
