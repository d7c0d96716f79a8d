/**
 * The documentation's steps in TypeScript: register a model, create a compute target, deploy, score, update, delete.
 *
 * Run it in a folder with config.json (`farled folder attach`), sklearn_regression_model.pkl (train.py makes it),
 * score.py, inferenceconfig.json and deploymentconfig.json.
 */
import {
  AksCompute,
  AksWebservice,
  ComputeTarget,
  Model,
  readInferenceConfig,
  Webservice,
  Workspace,
} from '@farled/sdk';

const workspace = await Workspace.fromConfig();
const model = await Model.register(workspace, {
  modelPath: 'sklearn_regression_model.pkl',
  modelName: 'mymodel',
  modelFramework: 'ScikitLearn',
  tags: { data: 'diabetes' },
});

// Create a new cluster: here a share of this machine.
const provisioning = AksCompute.provisioningConfiguration({
  clusterPurpose: AksCompute.ClusterPurpose.DEV_TEST,
  agentCount: 1,
  vmSize: 'Standard_D3_v2',
});
const target = await ComputeTarget.create(workspace, 'seed-aks', provisioning);
await target.waitForCompletion({ showOutput: true });

// Deploy to it.
const inferenceConfig = await readInferenceConfig('inferenceconfig.json');
const deployment = AksWebservice.deployConfiguration({ cpuCores: 0.5, memoryGb: 1 });
const service = await Model.deploy(workspace, 'seed-service', [model], inferenceConfig, deployment, target);
await service.waitForDeployment({ showOutput: true });
console.log(service.state, service.scoringUri);
console.log(await service.getLogs({ numLines: 5 }));

// Score, by the SDK and by a plain request.
const body = JSON.stringify({
  data: [
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
    [10, 9, 8, 7, 6, 5, 4, 3, 2, 1],
  ],
});
const [primaryKey, secondaryKey] = await service.getKeys();
const response = await fetch(service.scoringUri, {
  method: 'POST',
  headers: { 'content-type': 'application/json', authorization: `Bearer ${primaryKey}` },
  body,
});
const overHttp = await response.json();
const bySdk = await service.run(body);
console.log(overHttp, bySdk);
if (JSON.stringify(overHttp) !== JSON.stringify(bySdk)) {
  throw new Error('The two answers differ');
}

// One key at a time can be replaced; the other goes on working.
await service.regenKey('Primary');
const [newPrimary, sameSecondary] = await service.getKeys();
if (newPrimary === primaryKey || sameSecondary !== secondaryKey) {
  throw new Error('Only the primary key should have changed');
}

// Update to a new version of the model, without losing a request.
const second = await Model.register(workspace, { modelPath: 'sklearn_regression_model.pkl', modelName: 'mymodel' });
await service.update({ models: [second], tags: { release: '2' } });
await service.waitForDeployment({ showOutput: true });
const updated = await Webservice.get(workspace, 'seed-service');
console.log(updated.state, updated.tags);

await updated.delete();
await target.detach();
