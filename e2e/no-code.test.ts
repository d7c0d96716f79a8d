import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { Model, Webservice } from '@farled/sdk';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { FARLED } from './harness/azureml-client.ts';
import { devTestCompute, temporaryFolder } from './harness/sample.ts';
import { startServer, type TestServer } from './harness/server.ts';
import { pythonWith, run } from './no-code/python.ts';

const stack = new AsyncDisposableStack();
let server: TestServer;
let folder: string;

beforeAll(async () => {
  server = stack.use(await startServer());
  folder = stack.use(await temporaryFolder()).path;
  const [python] = await Promise.all([
    pythonWith(server, ['scikit-learn', 'pandas', 'numpy']),
    devTestCompute(server.workspace),
  ]);
  await run(python, 'sklearn_models.py', folder);
  await run(python, 'onnx_model.py', join(folder, 'linear.onnx'));
}, 300_000);

afterAll(() => stack.disposeAsync());

const register = (
  file: string,
  modelFramework: 'ScikitLearn' | 'Onnx' | 'Custom',
  modelName = 'iris',
): Promise<Model> => Model.register(server.workspace, { modelPath: join(folder, file), modelName, modelFramework });

test('a model of scikit-learn is deployed by its framework alone, and its successor as well', async () => {
  await register('classifier.joblib', 'ScikitLearn');
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [FARLED, 'model', 'deploy', '-n', 'iris', '-m', 'iris:1', '-ct', 'myaks', '-w', 'test', '-g', 'e2e', '-o', 'json'],
    { env: { ...server.environment, FARLED_HOME: server.home } },
  );
  expect(JSON.parse(stdout)).toMatchObject({ state: 'Healthy', models: ['iris:1'] });
  const service = await Webservice.get(server.workspace, 'iris');

  const { predict_proba: probabilities } = (await service.run({
    data: [
      [0, 0],
      [3, 3],
    ],
  })) as {
    readonly predict_proba: readonly (readonly [number, number])[];
  };
  expect(probabilities.map(([no, yes]) => no > yes)).toEqual([true, false]);
  expect(
    await service.run({
      data: [
        [0, 0],
        [3, 3],
      ],
      method: 'predict',
    }),
  ).toEqual({ predict: [0, 1] });
  await expect(service.run({ data: [[1, 2, 3]] })).rejects.toThrow(/expecting 2 features/);
  await expect(service.run({ data: [[1, 2]], method: 'fit' })).rejects.toThrow(/has no method 'fit'/);
  await expect(service.run('{"data":')).rejects.toThrow(/is not JSON/);
  expect(await service.getLogs()).toMatch(/Serves .*classifier\.joblib without an entry script, by scikit-learn \d/);

  await service.update({ models: [await register('named.joblib', 'ScikitLearn')] });
  await service.waitForDeployment();
  const named = { columns: ['age', 'size'], data: [[7, 2]] };
  expect(await service.run(named)).toEqual({ predict: [expect.closeTo(20, 6)] });
  expect(await service.run({ data: [{ size: 3, age: 0 }] })).toEqual({ predict: [expect.closeTo(30, 6)] });
  await expect(service.run({ columns: ['age'], data: [[7]] })).rejects.toThrow(/Columns are missing: size/);
  const swagger = await (await fetch(service.swaggerUri, { headers: await bearer(service) })).json();
  expect(swagger).toMatchObject({
    definitions: { ServiceInput: { example: { columns: ['size', 'age'], data: [[0, 0]] } } },
  });

  await service.rollback();
  await service.waitForDeployment();
  expect(await service.run({ data: [[3, 3]], method: 'predict' })).toEqual({ predict: [1] });
}, 120_000);

test('a model in the ONNX format is told by its file, and takes the bodies of ONNX Runtime Server', async () => {
  const model = await register('linear.onnx', 'Custom', 'linear');
  const service = await Model.deploy(server.workspace, 'linear', [model]);
  await service.waitForDeployment();
  expect(
    await service.run({
      data: [
        [1, 1, 1],
        [0, 0, 0],
      ],
    }),
  ).toEqual({ outputs: { y: [[6.5], [0.5]] } });
  const raw = Buffer.from(new Float32Array([1, 0, 0]).buffer).toString('base64');
  expect(await service.run({ inputs: { x: { dims: ['1', '3'], dataType: 1, rawData: raw } } })).toEqual({
    outputs: {
      y: { dims: ['1', '1'], dataType: 1, rawData: Buffer.from(new Float32Array([1.5]).buffer).toString('base64') },
    },
  });
  await expect(service.run({ data: [[1, 2]] })).rejects.toThrow(/must be \?x3; it is 1x2/);
  expect(await service.getLogs()).toContain('CPUExecutionProvider');
}, 120_000);

test('what can not be served without code is refused before anything happens, with what to do', async () => {
  const pickled = await register('line.pkl', 'Custom', 'pickled');
  await expect(Model.deploy(server.workspace, 'pickled', [pickled])).rejects.toMatchObject({
    code: 'BadArgument',
    suggestion: expect.stringContaining('Register it with the framework ScikitLearn'),
  });
  await expect(Model.deploy(server.workspace, 'none', [])).rejects.toThrow(/exactly one model/);
});

async function bearer(service: Webservice): Promise<{ readonly authorization: string }> {
  return { authorization: `Bearer ${(await service.getKeys())[0]}` };
}
