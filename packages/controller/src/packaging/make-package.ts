/** The two forms of packages, each by what makes it. */
import { programLayer } from '@farled/image';
import type { Stores } from '@farled/state';

import { RUNTIME_FOLDER, type ServingImageParts } from '../serving-image/serving-image.ts';
import { type DockerfilePackageParts, makeDockerfilePackage } from './dockerfile-package.ts';
import { makeImagePackage } from './image-package.ts';
import type { MakePackage } from './reconcile.ts';

export interface MakePackageParts extends Omit<DockerfilePackageParts, 'runtimeLayer'> {
  readonly state: Pick<Stores, 'models' | 'environments'>;
  readonly runtime: { readonly entry: URL; readonly python: URL };
  /** Null without a registry. */
  readonly servingImages: ServingImageParts | null;
}

export function makePackage(parts: MakePackageParts): MakePackage {
  const { entry, python } = parts.runtime;
  const runtimeLayer: DockerfilePackageParts['runtimeLayer'] = () =>
    programLayer({ name: 'runtime', entry, at: RUNTIME_FOLDER, extraFolders: { python } });
  return (made, log, signal) =>
    made.spec.form === 'image'
      ? makeImagePackage(parts.servingImages, parts.state, made, log, signal)
      : makeDockerfilePackage({ ...parts, runtimeLayer }, parts.state, made, log, signal);
}
