/** The documentation's steps with the SDK: register, create the compute target, deploy, score. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

import { FarledError, isFarledError } from '@farled/contract';
import {
  AksCompute,
  type Client,
  ComputeTarget,
  Model,
  readDeploymentConfig,
  readInferenceConfig,
  Webservice,
  Workspace,
} from '@farled/sdk';
import { systemClock } from '@farled/service';

import { MODEL_FILE, type Sample } from './sample.ts';
import { show, showStep } from './show.ts';

const ROWS = '{"data": [[1, 2, 3, 4, 5, 6, 7, 8, 9, 10], [10, 9, 8, 7, 6, 5, 4, 3, 2, 1]]}';
const LAST_LINES = 5;
const RESTART_TIMEOUT_MS = 60_000;
const POLL_MS = 50;

export async function deploySample(client: Client, sample: Sample): Promise<void> {
  const workspace = await Workspace.create({ client, name: 'quickstart', resourceGroup: 'local', existOk: true });
  await workspace.writeConfig({ path: sample.folder });
  const model = await registerOnce(workspace, join(sample.folder, MODEL_FILE));
  await createComputeOnce(workspace);
  const service = await deployOnce(workspace, model, join(sample.folder, 'source'));

  showStep(`Service ${service.name} is ${service.state}`);
  show(`Last log lines\n${(await service.getLogs({ numLines: LAST_LINES })).replaceAll(/^/gm, '  ')}`);
  const [primaryKey] = await service.getKeys();
  show(`Primary key  ${primaryKey}`);
  const prediction = await service.run(ROWS);
  show(`Request      ${ROWS}`);
  show(`Prediction   ${JSON.stringify(prediction)}`);
  showStep('Score it yourself:');
  process.stdout.write(
    `curl -s ${service.scoringUri} -H 'Authorization: Bearer ${primaryKey}' -H 'Content-Type: application/json' -d '${ROWS}'\n`,
  );
}

async function registerOnce(workspace: Workspace, path: string): Promise<Model> {
  const sha256 = await digestOf(path);
  const [newest] = await Model.list(workspace, { name: 'mymodel', latest: true });
  if (newest?.serialize().files[0]?.sha256 === sha256) {
    showStep(`Model ${newest.id} is registered`);
    return newest;
  }
  const model = await Model.register(workspace, {
    modelPath: path,
    modelName: 'mymodel',
    modelFramework: 'ScikitLearn',
  });
  showStep(`Model ${model.id} is registered`);
  return model;
}

async function createComputeOnce(workspace: Workspace): Promise<void> {
  const configuration = AksCompute.provisioningConfiguration({ clusterPurpose: 'DevTest', agentCount: 1 });
  const known = await ComputeTarget.list(workspace);
  if (known.some(({ name }) => name === 'myaks')) {
    showStep('Compute target myaks is there');
    return;
  }
  showStep('Creating compute target myaks: this machine, purpose DevTest');
  const target = await ComputeTarget.create(workspace, 'myaks', configuration);
  await target.waitForCompletion({ showOutput: show });
}

async function deployOnce(workspace: Workspace, model: Model, source: string): Promise<Webservice> {
  const known = await findService(workspace);
  if (known !== undefined && known.state !== 'Failed' && known.serialize().models.includes(model.id)) {
    showStep('Service myservice is deployed; waiting until it answers');
    await known.waitForDeployment({ showOutput: show });
    await waitUntilHealthy(known);
    return known;
  }
  showStep('Deploying service myservice from score.py, inferenceconfig.json and deploymentconfig.json');
  const service = await Model.deploy(
    workspace,
    'myservice',
    [model],
    await readInferenceConfig(join(source, 'inferenceconfig.json')),
    { ...(await readDeploymentConfig(join(source, 'deploymentconfig.json'))), endpoint: undefined },
    'myaks',
    { overwrite: known !== undefined },
  );
  await service.waitForDeployment({ showOutput: show });
  return service;
}

/** After a restart the replicas are started again; that takes as long as their init(). */
async function waitUntilHealthy(service: Webservice): Promise<void> {
  const deadline = systemClock.now() + RESTART_TIMEOUT_MS;
  while (service.state !== 'Healthy') {
    if (service.state === 'Failed' || systemClock.now() >= deadline) {
      throw new FarledError(
        'DeploymentTimedOut',
        `Service ${service.name} is ${service.state}: ${service.error?.message ?? 'no replica is ready'}`,
        {
          suggestion: '`npx farled service get-logs -n myservice` shows what its replicas printed.',
        },
      );
    }
    await systemClock.sleep(POLL_MS);
    await service.refresh();
  }
}

async function findService(workspace: Workspace): Promise<Webservice | undefined> {
  try {
    return await Webservice.get(workspace, 'myservice');
  } catch (error) {
    if (isFarledError(error) && error.code === 'ServiceNotFound') {
      return undefined;
    }
    throw error;
  }
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
