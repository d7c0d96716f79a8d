import { gzipSync, deflateSync } from 'node:zlib';

import type { Model, MODEL_FRAMEWORKS } from '@farled/contract';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { packagesOf } from './environment.ts';
import { mlflowPackages } from './mlflow-environment.ts';
import { pickledFacts, PickleScan } from './pickled-facts.ts';
import { checkBeginning, chooseServing } from './serving.ts';

type Framework = (typeof MODEL_FRAMEWORKS)[number];

const model = (framework: Framework, paths: readonly string[]) => ({
  id: 'm:1',
  framework,
  files: paths.map((path) => ({ path, sha256: 'a'.repeat(64), size: 1 })),
});

describe('how a model is served', () => {
  test.each<[Framework, string[], string, string]>([
    ['ScikitLearn', ['iris.joblib'], 'scikit_learn', 'iris.joblib'],
    ['ScikitLearn', ['m/readme.md', 'm/model.PKL'], 'scikit_learn', 'm/model.PKL'],
    ['ScikitLearn', ['m.skops'], 'scikit_learn', 'm.skops'],
    ['Onnx', ['m/model.onnx', 'm/model.onnx.data'], 'onnx', 'm/model.onnx'],
    ['Custom', ['model.onnx'], 'onnx', 'model.onnx'],
    ['Multi', ['model.ubj'], 'xgboost', 'model.ubj'],
    ['Custom', ['model.json'], 'xgboost', 'model.json'],
    ['Custom', ['model.txt'], 'lightgbm', 'model.txt'],
    ['TensorFlow', ['1/saved_model.pb', '1/variables/x'], 'tensorflow', '1'],
    ['Custom', ['saved_model.pb'], 'tensorflow', '.'],
    ['ScikitLearn', ['m/MLmodel', 'm/model.pkl'], 'mlflow', 'm'],
    ['PyTorch', ['MLmodel', 'data/MLmodel'], 'mlflow', '.'],
  ])('%s with %j: %s, of %s', (framework, paths, kind, path) => {
    expect(chooseServing(model(framework, paths))).toEqual({ kind, path });
  });

  test.each<[Framework, string[], RegExp]>([
    ['ScikitLearn', ['a.pkl', 'b.pkl'], /several: a\.pkl, b\.pkl/],
    ['ScikitLearn', ['a.onnx'], /no file that ends in \.joblib/],
    ['TensorFlow', ['a.h5'], /no saved_model\.pb among a\.h5/],
    ['PyTorch', ['a.pt'], /PyTorch/],
    ['Custom', ['a.pkl'], /do not say how to serve it/],
    ['Custom', ['a', 'b', 'c', 'd', 'e', 'f', 'g'], /a, b, c, d, e and 2 more/],
  ])('%s with %j is refused', (framework, paths, message) => {
    expect(() => chooseServing(model(framework, paths))).toThrow(message);
  });

  test('files are told by how they begin where their names say little', () => {
    const begin = (kind: 'xgboost' | 'lightgbm', text: string) => () =>
      checkBeginning('m:1', { kind, path: 'm' }, Buffer.from(text));
    expect(begin('xgboost', '{"learner":{"attributes":{}')).not.toThrow();
    expect(begin('xgboost', '{L\0\0\0\0\0\0\0\x07learner')).not.toThrow();
    expect(begin('xgboost', '{"weights": [1]}')).toThrow(/none that XGBoost writes/);
    expect(begin('lightgbm', 'tree\nversion=v4\n')).not.toThrow();
    expect(begin('lightgbm', 'hello')).toThrow(/none that LightGBM writes/);
  });
});

/** As protocols 4 and 2 of pickle, and skops, write it. */
const PICKLED: Readonly<Record<string, string>> = {
  'protocol 4': '\x80\x04\x8c\x10_sklearn_version\x94\x8c\x051.5.2\x94ub.',
  'protocol 2': '\x80\x02X\x10\0\0\0_sklearn_versionq\x12X\x05\0\0\x001.5.2q\x13ub.',
  skops: '"_sklearn_version": {"__class__": "str", "__module__": "builtins", "content": "\\"1.5.2\\"", "__id__": 3}',
};

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array, void, void> {
  for (let at = 0; at < bytes.length; at += size) {
    yield await Promise.resolve(bytes.subarray(at, at + size));
  }
}

describe('what a pickled model says', () => {
  test.each(Object.entries(PICKLED))('%s: the release of scikit-learn', async (_, text) => {
    const bytes = Buffer.from(text, 'latin1');
    for (const written of [bytes, gzipSync(bytes), deflateSync(bytes)]) {
      expect((await pickledFacts(pieces(written, 7), written)).scikitLearn).toBe('1.5.2');
    }
  });

  test('the packages of what is in it, wherever its pieces end', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 30 }), (sizes) => {
        const scan = new PickleScan();
        let rest = Buffer.from(`xgboost.sklearn${' '.repeat(400)}feature_names_in_${PICKLED['protocol 4']}`, 'latin1');
        for (let turn = 0; rest.length > 0; turn += 1) {
          const size = sizes[turn % sizes.length] ?? 1;
          scan.push(rest.subarray(0, size));
          rest = rest.subarray(size);
        }
        expect(scan.facts).toEqual({ scikitLearn: '1.5.2', packages: ['pandas', 'xgboost-cpu'] });
      }),
    );
  });

  test.each([
    ['a release under development', '\x10_sklearn_version\x94\x8c\x081.9.dev0\x94'],
    ['nothing', 'weights'],
    ['what only begins as if it were compressed', '\x78\x9cweights'],
  ])('%s says no release', async (_, text) => {
    const bytes = Buffer.from(text, 'latin1');
    expect((await pickledFacts(pieces(bytes, 100), bytes)).scikitLearn).toBeNull();
  });
});

describe('what is installed', () => {
  const said = (
    frameworkVersion: string | null,
    gpu = 0,
  ): Pick<Model, 'id' | 'frameworkVersion' | 'resourceRequirements'> => ({
    id: 'm:1',
    frameworkVersion,
    resourceRequirements: { gpu },
  });
  const facts = (scikitLearn: string | null, packages: string[] = []) => ({ scikitLearn, packages });
  const sklearn = { kind: 'scikit_learn', path: 'm.pkl' } as const;

  test.each([
    ['nothing said', null, facts(null), [{ pip: ['scikit-learn', 'numpy'] }]],
    [
      'by the file',
      null,
      facts('1.6.1', ['pandas']),
      ['python<=3.13', { pip: ['scikit-learn==1.6.1', 'pandas', 'numpy'] }],
    ],
    ['said before the file', '1.5', facts('1.6.1'), ['python<=3.12', { pip: ['scikit-learn==1.5.*', 'numpy'] }]],
    ['of old', '0.24.2', facts(null), ['python<=3.9', { pip: ['scikit-learn==0.24.2', 'numpy<1.24'] }]],
    ['before NumPy 2', '1.3.2', facts(null), ['python<=3.11', { pip: ['scikit-learn==1.3.2', 'numpy<2'] }]],
  ])('scikit-learn, %s', (_, version, told, wanted) => {
    expect(packagesOf(said(version), sklearn, told)).toEqual(wanted);
  });

  test('for a GPU where one is asked for', () => {
    const onnx = { kind: 'onnx', path: 'm.onnx' } as const;
    expect(packagesOf(said('1.3', 0), onnx, facts(null))).toEqual([{ pip: ['onnxruntime', 'numpy'] }]);
    expect(packagesOf(said(null, 1), onnx, facts(null))).toEqual([{ pip: ['onnxruntime-gpu', 'numpy'] }]);
  });

  test('a version that is none is refused', () => {
    expect(() => packagesOf(said('latest; rm'), sklearn, facts(null))).toThrow(/"latest; rm", is not a release/);
  });

  test('what an MLflow model lists', () => {
    const conda =
      'channels: [conda-forge]\ndependencies:\n- python=3.11.7\n- pip\n- pip:\n  - mlflow==3.1\nname: mlflow-env\n';
    expect(mlflowPackages('m:1', { 'conda.yaml': conda, 'requirements.txt': 'x' })).toEqual([
      'python=3.11.7',
      'pip',
      { pip: ['mlflow==3.1'] },
    ]);
    expect(
      mlflowPackages('m:1', {
        'requirements.txt': '# made\nmlflow==3.1 # it\n\n',
        'python_env.yaml': 'python: 3.11.7',
      }),
    ).toEqual(['python=3.11.7', { pip: ['mlflow==3.1'] }]);
    expect(() => mlflowPackages('m:1', {})).toThrow(/neither conda\.yaml nor requirements\.txt/);
    expect(() => mlflowPackages('m:1', { 'conda.yaml': '{' })).toThrow(/is not YAML/);
  });
});
