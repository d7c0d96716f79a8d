import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { AksWebservice, Model } from '@farled/sdk';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { devTestCompute, temporaryFolder } from './harness/sample.ts';
import { startServer, type TestServer } from './harness/server.ts';
import { pythonWith, run } from './no-code/python.ts';

const SIZE_AND_AGE = { columns: ['age', 'size'], data: [[0, 5]] };

/** Each has an environment of hundreds of megabytes. */
describe.runIf(process.env['FARLED_SOAK'] !== undefined)('models of other libraries', () => {
  const stack = new AsyncDisposableStack();
  let server: TestServer;
  let folder: string;

  beforeAll(async () => {
    server = stack.use(await startServer());
    folder = stack.use(await temporaryFolder()).path;
    await devTestCompute(server.workspace);
  }, 120_000);

  afterAll(() => stack.disposeAsync());

  test.each([
    ['xgboost', 'Custom', ['xgboost-cpu', 'numpy'], 'model.ubj', SIZE_AND_AGE, 'predict'],
    ['lightgbm', 'Custom', ['lightgbm', 'numpy'], 'model.txt', SIZE_AND_AGE, 'predict'],
    ['mlflow', 'ScikitLearn', ['mlflow', 'scikit-learn', 'pandas', 'numpy'], 'model', SIZE_AND_AGE, 'predictions'],
    ['tensorflow', 'TensorFlow', ['tensorflow-cpu', 'numpy'], 'model', { instances: [[5, 0]] }, 'predictions'],
  ] as const)(
    'one of %s is served as it is',
    async (library, modelFramework, packages, file, body, member) => {
      const path = join(folder, library);
      await mkdir(path);
      await run(await pythonWith(server, packages), 'other_models.py', library, path);
      const modelPath = join(path, file);
      const model = await Model.register(server.workspace, { modelPath, modelName: library, modelFramework });
      const config = AksWebservice.deployConfiguration({ memoryGb: 2 });
      const service = await Model.deploy(server.workspace, library, [model], undefined, config);
      await service.waitForDeployment();
      const answer = (await service.run(body)) as Readonly<Record<string, readonly number[]>>;
      expect(answer[member]?.[0]).toBeCloseTo(10, 0);
      await expect(service.run({ data: [[1, 2, 3, 4]] })).rejects.toThrow();
      await expect(service.run({ nothing: 1 })).rejects.toThrow(/"data"/);
      expect((await service.getLogs()).includes('Traceback')).toBe(false);
      await service.delete();
    },
    600_000,
  );
});
