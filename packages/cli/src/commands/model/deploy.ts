import { resolve } from 'node:path';

import { FarledError } from '@farled/contract';
import {
  AksEndpoint,
  deployConfiguration,
  Model,
  notSupportedYet,
  overlaySettings,
  readDeploymentConfig,
  type DeploymentConfiguration,
} from '@farled/sdk';

import { command, item, type ValuesOf } from '../../command.ts';
import { decimal, flag, pairs, required, text } from '../../parse/options.ts';
import { NO_WAIT, WORKSPACE_OPTIONS } from '../../parse/shared-options.ts';
import { uploadStatus } from '../../terminal/upload-status.ts';
import { findWorkspace } from '../../workspace.ts';
import { ENDPOINT_COLUMNS } from '../endpoint/columns.ts';
import { SERVICE_COLUMNS } from '../service/columns.ts';
import { INFERENCE_OPTIONS, inferenceOf } from '../service/inference-options.ts';
import { modelsNamed } from '../service/models-named.ts';
import { SETTING_OPTIONS, settingParameters, UNBUILT_SERVICE_OPTIONS } from '../service/setting-options.ts';

const OPTIONS = {
  name: required(text('-n --name', 'NAME', 'Name of the service.')),
  computeTarget: text(
    '--ct --compute-target',
    'NAME',
    'Compute target to run on; the only one of the workspace by default.',
  ),
  computeType: text('--cp --compute-type', 'TYPE', 'aks for a service, aksendpoint for an endpoint with versions.'),
  versionName: text('--vn --version-name', 'NAME', "First version of an endpoint; the endpoint's name by default."),
  trafficPercentile: decimal('--tp --traffic-percentile', 'Percent of the requests that it gets.'),
  deployConfigFile: text('--dc --deploy-config-file', 'PATH', 'Deployment config, JSON or YAML; options go before it.'),
  ...INFERENCE_OPTIONS,
  ...SETTING_OPTIONS,
  primaryKey: text('--kp --primary-key', 'KEY', 'First key; a random one by default.'),
  secondaryKey: text('--ks --secondary-key', 'KEY', 'Second key; a random one by default.'),
  namespace: text('--namespace', 'NAME', 'Kubernetes namespace; kept for Kubernetes.'),
  tags: pairs('--tag', 'A tag; repeat it for several.'),
  properties: pairs('--property', 'A property, which can never be changed; repeat it for several.'),
  description: text('--description', 'TEXT', 'What it is.'),
  overwrite: flag('--overwrite', 'Replace a service of that name; its keys and its address stay.'),
  ...UNBUILT_SERVICE_OPTIONS,
  noWait: NO_WAIT,
  ...WORKSPACE_OPTIONS,
} as const;

export const deployModel = command({
  path: ['model', 'deploy'],
  summary: 'Deploy models as a service, with an entry script or, of a framework that is known, without.',
  examples: [
    [
      'Deploy one version of a model',
      'farled model deploy -ct myaks -m mymodel:1 -n myservice -ic inferenceconfig.json -dc deploymentconfig.json',
    ],
    [
      'Deploy a model of scikit-learn, ONNX, XGBoost, LightGBM, MLflow or TensorFlow without any code',
      'farled model deploy -ct myaks -m mymodel:1 -n myservice',
    ],
    [
      'Deploy without a deployment config, with two replicas',
      'farled model deploy -ct myaks -m mymodel:1 -n myservice -ic inferenceconfig.json --nr 2',
    ],
    [
      'Deploy what was registered before',
      'farled model deploy -ct myaks -f model.json -n myservice -ic inferenceconfig.json',
    ],
  ],
  options: OPTIONS,
  async run(options, parts) {
    const { progress, signal, folder } = parts;
    const workspace = await findWorkspace(options, parts);
    refuseOtherComputeTypes(options.computeType);
    const inference = await inferenceOf(options, workspace, parts);
    const deployment = await deploymentOf(options, folder);
    const models = await modelsNamed(options, workspace, parts);
    const deployed = await progress.during(`Deploying ${options.name}`, async ({ line, status }) => {
      const started = await Model.deploy(
        workspace,
        options.name,
        models,
        inference,
        deployment,
        options.computeTarget,
        {
          overwrite: options.overwrite,
          onProgress: uploadStatus(status),
          notice: progress.notice,
          signal,
        },
      );
      if (!options.noWait) {
        status('');
        await started.waitForDeployment({ showOutput: line, signal });
      }
      return started;
    });
    return deployed instanceof AksEndpoint
      ? item(deployed.serialize(), ENDPOINT_COLUMNS)
      : item(deployed.serialize(), SERVICE_COLUMNS);
  },
});

/** Options go before the document, field by field. */
async function deploymentOf(options: ValuesOf<typeof OPTIONS>, folder: string): Promise<DeploymentConfiguration> {
  const { deployConfigFile, namespace, primaryKey, secondaryKey, description, tags, properties } = options;
  const said = deployConfiguration({
    ...settingParameters(options),
    namespace,
    primaryKey,
    secondaryKey,
    description,
    tags,
    properties,
  });
  if (deployConfigFile === undefined) {
    return withVersion(options, said);
  }
  const document = await readDeploymentConfig(resolve(folder, deployConfigFile));
  const spoken = Object.entries(said).filter(([, value]) => value !== undefined);
  const settings = overlaySettings(document.settings, said.settings);
  return withVersion(options, { ...document, ...Object.fromEntries(spoken), settings });
}

function refuseOtherComputeTypes(type: string | undefined): void {
  if (type !== undefined && !['aks', 'aksendpoint'].includes(type.toLowerCase())) {
    throw notSupportedYet(
      `The compute type "${type}"`,
      'Deploy to a compute target of type aks; this machine can be one.',
    );
  }
}

/** The compute type of the options, or else of the document, says whether it is an endpoint. */
function withVersion(
  { computeType, versionName, trafficPercentile }: ValuesOf<typeof OPTIONS>,
  { endpoint, ...config }: DeploymentConfiguration,
): DeploymentConfiguration {
  const type = computeType?.toLowerCase() ?? (endpoint === undefined ? 'aks' : 'aksendpoint');
  if (type === 'aksendpoint') {
    return {
      ...config,
      endpoint: {
        versionName: versionName ?? endpoint?.versionName,
        trafficPercentile: trafficPercentile ?? endpoint?.trafficPercentile,
      },
    };
  }
  if (versionName !== undefined || trafficPercentile !== undefined) {
    throw new FarledError(
      'BadArgument',
      'A service has no versions, and --version-name or --traffic-percentile is given.',
      {
        suggestion: 'Add --compute-type aksendpoint to deploy an endpoint, or leave them out.',
      },
    );
  }
  return config;
}
