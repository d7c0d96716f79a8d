import { EnvironmentDefinition } from '@farled/contract';
import { describe, expect, test } from 'vitest';

import { parseMatchSpec } from './conda/match-spec.ts';
import { hideUserInfo, NO_INDEX_OPTIONS, readPipEntry } from './pip-entry.ts';
import { choosePython, isTooOld, nearestPython, unavailable } from './python/choose.ts';
import { importedModules } from './python/imports.ts';
import { digestOf, type Recipe, recipeOf, refuseUnbuildable, wishOf } from './recipe.ts';

const definition = (dependencies: readonly unknown[], rest: object = {}) =>
  EnvironmentDefinition.parse({ name: 'env', python: { condaDependencies: { dependencies } }, ...rest });

function recipe(dependencies: readonly unknown[], imported: readonly string[] = [], realServer = false): Recipe {
  return recipeOf(definition(dependencies), { imported: new Set(imported), realServer });
}

const without = ({ requirements }: Recipe) => requirements.filter((line) => line !== 'setuptools<81');

describe('a conda match spec', () => {
  test.each([
    ['numpy', 'numpy', ''],
    ['NumPy=1.19', 'numpy', '==1.19.*'],
    ['numpy==1.19.5', 'numpy', '==1.19.5'],
    ['numpy=1.19.5=py38_0', 'numpy', '==1.19.5'],
    ['numpy 1.19.5 py38_0', 'numpy', '==1.19.5'],
    ['numpy>=1.18,<1.20', 'numpy', '>=1.18,<1.20'],
    ['numpy 1.19.*', 'numpy', '==1.19.*'],
    ['conda-forge::scikit-learn=0.24', 'scikit-learn', '==0.24.*'],
    ['numpy[version=">=1.18"]', 'numpy', '>=1.18'],
    ['numpy=*', 'numpy', ''],
    ['numpy >=1.18, <2', 'numpy', '>=1.18,<2'],
    ['numpy!=1.19.*', 'numpy', '!=1.19.*'],
    ['numpy=1.19.*=py38_0', 'numpy', '==1.19.*'],
    ['numpy=2.0rc1', 'numpy', '==2.0rc1'],
    ['conda-forge::numpy[version="1.19.5", build=py38_0]', 'numpy', '==1.19.5'],
  ])('%s is %s with %s', (text, name, clauses) => {
    const spec = parseMatchSpec(text);
    expect([spec.name, spec.clauses.map(({ operator, version }) => operator + version).join()]).toEqual([
      name,
      clauses,
    ]);
  });

  test.each([['numpy=1.18|1.19'], ['=1.0'], ['numpy=abc'], ['numpy>=1.0; rm -rf /']])(
    '%s is refused by name',
    (text) => {
      expect(() => parseMatchSpec(text)).toThrow(text);
    },
  );
});

describe('conda packages', () => {
  test.each([
    ['scikit-learn=1.0', ['scikit-learn==1.0.*']],
    ['pytorch', ['torch']],
    ['conda-forge::py-xgboost=1.5', ['xgboost==1.5.*']],
    ['opencv', ['opencv-python-headless']],
    ['pip', []],
    ['defaults::tensorflow-gpu=2.4.1=h3034fd_0', ['tensorflow==2.4.1']],
    ['cudatoolkit=11.0', []],
    ['cuda-nvrtc=12.1', []],
    ['some-unknown-package>=1', ['some-unknown-package>=1']],
  ])('%s becomes %j', (text, requirements) => {
    expect(without(recipe([text]))).toEqual(requirements);
  });

  test.each([['r-base=4.0'], ['ffmpeg'], ['bioconductor-deseq2']])(
    '%s is a program of the machine, and refused by name',
    (text) => {
      expect(() => recipe([text])).toThrow(`"${text}" is not a Python package`);
    },
  );

  test('the log says what was renamed and what was left out', () => {
    const { notes } = recipe(['pytorch=1.8=py3_0', 'cudatoolkit']);
    expect(notes).toEqual([
      'Conda package "pytorch=1.8=py3_0" is installed with pip as torch==1.8: it is called torch there, its build "py3_0" is conda\'s.',
      expect.stringMatching(/^Conda package "cudatoolkit" is left out/),
    ]);
  });

  test("setuptools of one's own wish is the only one", () => {
    expect(recipe(['setuptools=50', 'six']).requirements).toEqual(['setuptools==50.*', 'six']);
  });
});

describe('a pip entry', () => {
  test.each([
    ['numpy', 'numpy'],
    ['numpy==1.19.5  # pinned', 'numpy==1.19.5'],
    ['azureml-defaults[notebooks]>=1.0', 'azureml-defaults[notebooks]>=1.0'],
    ['pkg @ https://host/pkg-1.0.whl', 'pkg @ https://host/pkg-1.0.whl'],
    ['importlib-resources; python_version<"3.9"', 'importlib-resources; python_version<"3.9"'],
    ['', null],
  ])('%j is the requirement %j', (text, requirement) => {
    expect(readPipEntry(text).requirement).toBe(requirement);
  });

  test.each([
    ['../wheel.whl'],
    ['-r requirements.txt'],
    ['-e .'],
    ['numpy\n--index-url http://evil'],
    ['a b c'],
    ['$(reboot)'],
  ])('%j is refused', (text) => {
    expect(() => readPipEntry(text)).toThrow();
  });

  test.each([
    '--find-links https://pypi.python.org/simple/index.html',
    '--extra-index-url https://pypi.python.org/simple',
    '--extra-index-url=https://pypi.org/simple/',
  ])('%s, as azureml-core writes it, names what is looked at anyway', (text) => {
    expect(readPipEntry(text)).toEqual({ requirement: null, index: NO_INDEX_OPTIONS });
  });

  test('another index of nearly that name stays', () => {
    const { index } = readPipEntry('--extra-index-url https://pypi.org.example/simple');
    expect(index.extraIndexes).toEqual(['https://pypi.org.example/simple']);
  });

  test('an index is passed on, and its password never shown', () => {
    const { index } = readPipEntry('--extra-index-url https://me:secret@host/simple');
    expect(index.extraIndexes).toEqual(['https://me:secret@host/simple']);
    expect(hideUserInfo(index.extraIndexes.join())).toBe('https://***@host/simple');
  });
});

describe('azureml-defaults', () => {
  const DEFAULTS = [{ pip: ['azureml-defaults==1.20.0', 'joblib'] }];

  test('is stood in for, and the log says so', () => {
    const made = recipe(DEFAULTS);
    expect(without(made)).toEqual(['joblib']);
    expect(made.notes.join()).toMatch(/Not installed: azureml-defaults==1.20.0.*FARLED_INSTALL_AZUREML_DEFAULTS=true/);
  });

  test('is installed when that is asked for', () => {
    expect(without(recipe(DEFAULTS, [], true))).toEqual(['azureml-defaults==1.20.0', 'joblib']);
  });

  test('leaves azureml-core of its version to a script that imports it', () => {
    expect(without(recipe(DEFAULTS, ['azureml.core.model']))).toContain('azureml-core==1.20.0');
    expect(without(recipe(DEFAULTS, ['azureml.contrib.services.aml_request']))).toEqual(['joblib']);
  });
});

test('imports are read from the source, wherever they stand in it', () => {
  const source = `
import os, numpy as np
from azureml.core.model import (
    Model,
)
def init():
    import joblib  # late
text = "import nothing"
`;
  expect([...importedModules(source)]).toEqual(expect.arrayContaining(['os', 'numpy', 'azureml.core.model', 'joblib']));
});

test('equal recipes share a folder, whatever the order; another Python or package has another one', () => {
  const a = recipe(['numpy', { pip: ['joblib', 'six'] }]);
  const b = recipe([{ pip: ['six', 'joblib'] }, 'numpy']);
  expect(digestOf(a, [3, 11, 7])).toBe(digestOf(b, [3, 11, 9]));
  expect(digestOf(a, [3, 11, 7])).not.toBe(digestOf(a, [3, 12, 0]));
  expect(digestOf(a, [3, 11, 7])).not.toBe(digestOf(recipe(['numpy']), [3, 11, 7]));
});

test('wishes differ by what is asked of Python, and by what may be taken instead', () => {
  const wishes = [recipe(['python=3.8', 'numpy']), recipe(['python=3.9', 'numpy']), recipe(['numpy'])];
  const keys = wishes.flatMap((one) => [wishOf(one, 'exact'), wishOf(one, 'nearest')]);
  expect(new Set(keys).size).toBe(6);
});

test.each([
  ['a Dockerfile', { docker: { baseDockerfile: 'FROM x' } }],
  ['a conda environment', { python: { baseCondaEnvironment: 'base' } }],
])('%s is refused as not supported yet', (_what, rest) => {
  const definition = EnvironmentDefinition.parse({ name: 'env', ...rest });
  expect(() => refuseUnbuildable(definition, 'machine')).toThrow('env');
  expect(() => refuseUnbuildable(definition, 'package')).toThrow('env');
});

test('the steps of a Dockerfile run for images of services', () => {
  const definition = EnvironmentDefinition.parse({ name: 'env', docker: { baseDockerfile: 'FROM x' } });
  expect(() => refuseUnbuildable(definition, 'service image')).not.toThrow();
});

describe('the Python version', () => {
  const installed = [
    { version: [3, 13, 1] as const, path: '/13' },
    { version: [3, 11, 7] as const, path: '/11' },
    { version: [3, 9, 2] as const, path: '/9' },
  ];
  const wish = (text: string) => parseMatchSpec(text).clauses;

  test.each([
    ['python=3.9', '/9'],
    ['python=3.9.18', '/9'],
    ['python>=3.9,<3.12', '/11'],
    ['python', '/13'],
    ['python>3.9', '/13'],
    ['python<3.11', '/9'],
    ['python!=3.13.*', '/11'],
  ])('%s is %s', (text, path) => {
    expect(choosePython(wish(text), installed)).toMatchObject({ kind: 'found', interpreter: { path } });
  });

  test('that is not here is named, and the nearest newer one known', () => {
    expect(choosePython(wish('python=3.10'), installed)).toEqual({ kind: 'absent', wanted: '3.10' });
    expect(nearestPython(wish('python=3.10'), installed).path).toBe('/11');
    expect(nearestPython(wish('python=3.6'), installed).path).toBe('/9');
    expect(() => nearestPython(wish('python=3.14'), installed)).toThrow(/Installed: 3.13.1, 3.11.7, 3.9.2/);
    expect(() => nearestPython(wish('python=2.7'), installed)).toThrow(/==2\.7/);
  });

  test('that replicas can not run in is not looked for, though it be installed', () => {
    const old = [...installed, { version: [3, 7, 16] as const, path: '/7' }];
    expect(choosePython(wish('python=3.7'), old)).toEqual({ kind: 'absent', wanted: '3.7' });
    expect(isTooOld(wish('python=3.7'))).toBe(true);
    expect(isTooOld(wish('python>=3.6'))).toBe(false);
    expect(unavailable(wish('python=3.7'), old).message).toMatch(/replicas run in Python 3\.8 and newer/);
  });

  test('of another patch is used, and the log says so', () => {
    expect(choosePython(wish('python=3.9.18'), installed)).toMatchObject({
      note: 'Python 3.9.2 is used for "==3.9.18.*": another patch of the same version.',
    });
  });
});
