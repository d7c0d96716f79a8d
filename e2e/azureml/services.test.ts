import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { type ComputeTarget, Model, Webservice } from '@farled/sdk';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { azuremlClient, type AzuremlClient, faults } from '../harness/azureml-client.ts';
import { deployment, devTestCompute, inference, SCORE, temporaryFolder } from '../harness/sample.ts';
import { startServer, type TestServer } from '../harness/server.ts';

let server: TestServer;
let client: AzuremlClient;
let target: ComputeTarget;

beforeAll(async () => {
  server = await startServer();
  target = await devTestCompute(server.workspace);
  client = await azuremlClient(server);
}, 600_000);

afterAll(async () => {
  await client?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});

test('scripts deploy, read, change, score and delete services as they did', async () => {
  expect(faults(await client.run('services.py'))).toEqual([]);
}, 500_000);

test('scripts change what another client deployed, which reads it as they left it', async () => {
  const { workspace } = server;
  await using folder = await temporaryFolder();
  const modelPath = join(folder.path, 'model.txt');
  await writeFile(modelPath, '42');
  const model = await Model.register(workspace, { modelPath, modelName: 'theirs' });
  const config = await inference(folder.path, 'theirs', SCORE('theirs'));
  const settings = deployment({ numReplicas: 1, tags: { by: 'sdk' }, description: 'Theirs' });
  const service = await Model.deploy(workspace, 'theirs', [model], config, settings, target);
  await service.waitForDeployment();
  expect(faults(await client.run('services_of_others.py'))).toEqual([]);

  const read = await Webservice.get(workspace, 'theirs');
  expect(read.tags).toEqual({ by: 'sdk', and: 'script' });
  expect(read.state).toBe('Healthy');
  expect(await read.run('x')).toMatchObject({ mark: 'ours', model: '42' });
  await read.delete();
}, 300_000);
