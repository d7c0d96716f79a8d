import { afterAll, beforeAll, expect, test } from 'vitest';

import { azuremlClient, type AzuremlClient, faults } from '../harness/azureml-client.ts';
import { devTestCompute } from '../harness/sample.ts';
import { startServer } from '../harness/server.ts';

const stack = new AsyncDisposableStack();
let client: AzuremlClient;

beforeAll(async () => {
  const server = stack.use(await startServer());
  await devTestCompute(server.workspace);
  client = stack.use(await azuremlClient(server));
}, 600_000);

afterAll(() => stack.disposeAsync());

test('azureml-core deploys models by their framework alone', async () => {
  expect(faults(await client.run('no_code.py'))).toEqual([]);
}, 300_000);

test.runIf(process.env['FARLED_SOAK'] !== undefined)(
  'and puts scripts in their place',
  async () => {
    expect(faults(await client.run('no_code_and_code.py'))).toEqual([]);
  },
  300_000,
);
