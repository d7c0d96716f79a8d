import { afterAll, beforeAll, expect, test } from 'vitest';

import { startRegistry } from '../../packages/image/src/testing/start-registry.ts';
import { pythonImage } from '../cluster/base-image.ts';
import { push } from '../cluster/registry.ts';
import { azuremlClient, type AzuremlClient, faults } from '../harness/azureml-client.ts';
import { startServer } from '../harness/server.ts';

const stack = new AsyncDisposableStack();
let client: AzuremlClient;

beforeAll(async () => {
  const registry = await startRegistry();
  stack.defer(registry.stop);
  await push({ image: `${registry.host}/base/python:3.11`, from: `oci-archive:${await pythonImage(() => {})}` });
  const server = stack.use(
    await startServer({
      FARLED_REGISTRY: `${registry.host}/team/farled`,
      FARLED_BASE_IMAGE: `${registry.host}/base/python:{python}`,
    }),
  );
  client = stack.use(await azuremlClient(server));
}, 600_000);

afterAll(() => stack.disposeAsync());

test('models are packaged as images and as Dockerfiles', async () => {
  expect(faults(await client.run('packages.py'))).toEqual([]);
}, 300_000);
