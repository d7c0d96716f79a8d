/** What a model without an entry script needs installed. Pure. */
import { FarledError, type Model } from '@farled/contract';

import type { PickledFacts } from './pickled-facts.ts';
import type { Serving, ServingKind } from './serving.ts';

/** Conda dependencies: Python's version, where that matters, and what pip installs. */
export type Packages = readonly (string | { readonly pip: readonly string[] })[];

type Version = readonly [major: number, minor: number];

const RELEASE = /^\d+(?:\.\d+){0,3}(?:(?:a|b|rc)\d+)?(?:\.post\d+)?$/;

/** The newest Python that every patch of a release of scikit-learn has wheels for, oldest first. */
const NEWEST_PYTHON: readonly (readonly [since: Version, python: string])[] = [
  [[0, 22], '3.8'],
  [[0, 24], '3.9'],
  [[1, 1], '3.10'],
  [[1, 2], '3.11'],
  [[1, 4], '3.12'],
  [[1, 6], '3.13'],
];
/** Releases before these were built for, or call, what NumPy has no more. */
const NUMPY_LIMITS: readonly (readonly [before: Version, requirement: string])[] = [
  [[1, 2], 'numpy<1.24'],
  [[1, 5], 'numpy<2'],
];

/** @throws FarledError BadArgument for a framework version that no release has. */
export function packagesOf(
  model: Pick<Model, 'id' | 'frameworkVersion' | 'resourceRequirements'>,
  { kind, path }: Serving,
  facts: PickledFacts,
): Packages {
  const onGpu = (model.resourceRequirements?.gpu ?? 0) > 0;
  switch (kind) {
    case 'scikit_learn': {
      const version = saidVersion(model) ?? facts.scikitLearn;
      const skops = path.endsWith('.skops') ? ['skops'] : [];
      return scikitLearn(version, [...facts.packages, ...skops]);
    }
    case 'onnx':
      // The framework's version is that of the format, and every release of the runtime reads the older ones.
      return [{ pip: [onGpu ? 'onnxruntime-gpu' : 'onnxruntime', 'numpy'] }];
    case 'xgboost':
      return [{ pip: [onGpu ? 'xgboost' : 'xgboost-cpu', 'numpy'] }];
    case 'lightgbm':
      return [{ pip: ['lightgbm', 'numpy'] }];
    case 'tensorflow':
      return [{ pip: [pinned(onGpu ? 'tensorflow' : 'tensorflow-cpu', saidVersion(model)), 'numpy'] }];
    case 'mlflow':
      throw new Error('an MLflow model says itself what it needs');
  }
}

/** Of environments made here: one name for each kind, so that equal ones are one version. */
export function environmentName(kind: ServingKind): string {
  return `farled-${kind.replaceAll('_', '-')}`;
}

function scikitLearn(version: string | null, more: readonly string[]): Packages {
  const pip = [pinned('scikit-learn', version), ...more];
  if (version === null) {
    return [{ pip: [...pip, 'numpy'] }];
  }
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const release: Version = [major, minor];
  const numpy = NUMPY_LIMITS.find(([before]) => isBefore(release, before))?.[1] ?? 'numpy';
  const python = NEWEST_PYTHON.findLast(([since]) => !isBefore(release, since))?.[1] ?? '3.8';
  return [`python<=${python}`, { pip: [...pip, numpy] }];
}

function isBefore(a: Version, b: Version): boolean {
  return a[0] === b[0] ? a[1] < b[1] : a[0] < b[0];
}

/** A release as it is; «1.5» is its newest patch. */
function pinned(name: string, version: string | null): string {
  if (version === null) {
    return name;
  }
  return version.split('.').length < 3 ? `${name}==${version}.*` : `${name}==${version}`;
}

function saidVersion({ id, frameworkVersion }: Pick<Model, 'id' | 'frameworkVersion'>): string | null {
  const said = frameworkVersion?.trim() ?? '';
  if (said === '') {
    return null;
  }
  if (!RELEASE.test(said)) {
    throw new FarledError('BadArgument', `The framework version of model "${id}", "${said}", is not a release.`, {
      suggestion: 'Register it with a version such as 1.5.2, or with none: then the newest is taken that fits.',
    });
  }
  return said;
}
