/** What compute targets on Kubernetes take beside the record: a registry for images, programs to put into them, and room on disk. */
import { join } from 'node:path';

import { createLayerCache, type LayerSource, programLayer, type Registry } from '@farled/image';
import type { Clock, Logger } from '@farled/service';
import type { State } from '@farled/state';

import type { Environments } from '../../environments/environments.ts';
import { usualBaseImage } from '../../environments/image/base-image.ts';
import type { Images } from '../../images/images.ts';
import type { TokenKeys } from '../../routes/credentials.ts';
import { Attester } from '../../serving-image/attester.ts';
import type { RegistryUser } from '../../serving-image/base-registry.ts';
import { RUNTIME_FOLDER, type ServingImageParts } from '../../serving-image/serving-image.ts';
import { Turns } from '../../serving-image/turns.ts';
import type { BuilderSettings } from '../../substrate/kubernetes/builder/builder-image.ts';
import { pullSecretName, type RegistryLogin } from '../../substrate/kubernetes/pull-secrets.ts';
import { checkCluster } from './check.ts';
import { KubernetesClusters } from './clusters.ts';
import { RouterInstaller } from './installer.ts';
import { ROUTER_FOLDER } from './router-image.ts';

/** Those of services and of packages together. */
const BUILDS_AT_ONCE = 8;

export interface KubernetesParts {
  /** Which Farled this is, for as long as its home is there; a value that a label can have. */
  readonly installation: string;
  readonly registry: Registry;
  /** Registries as somebody else than we are: where base images are that environments have a password for. */
  readonly openRegistry: (user: RegistryUser) => Registry;
  /** `host/path` that all images are pushed to. */
  readonly repository: string;
  /** Null when nodes pull without being asked who they are. */
  readonly registryLogin: RegistryLogin | null;
  /** For environments that name no base image, and for the routers; `{python}` in it stands for a version. */
  readonly defaultBase: string;
  /** What builds the Dockerfiles of environments. */
  readonly builder: BuilderSettings;
  /** Layers that were packed, and what was found in base images. */
  readonly cacheFolder: string;
  readonly toolsFolder: string;
  readonly logsFolder: string;
  readonly programs: {
    readonly runtime: { readonly entry: URL; readonly python: URL };
    readonly router: { readonly entry: URL };
  };
  /** Variables of this process: those of a pod say where its API server is. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

export interface OpenKubernetes {
  readonly clusters: KubernetesClusters;
  readonly installer: RouterInstaller;
  /** What is said of images beside them is written until this ends. */
  readonly attester: Attester;
  /** What images with entry scripts are built with. */
  readonly servingImages: ServingImageParts;
}

export function openKubernetes(
  parts: KubernetesParts,
  shared: {
    readonly state: State;
    readonly images: Images;
    readonly environments: Environments;
    readonly maximumCrashes: number;
    readonly tokenKeys: TokenKeys;
    readonly wake: (serviceId: string) => void;
    readonly wakeEndpoint: (endpointId: string) => void;
    readonly clock: Clock;
    readonly log: Logger;
  },
): OpenKubernetes {
  const { registry, repository, defaultBase, cacheFolder, toolsFolder, programs } = parts;
  const cache = createLayerCache({ folder: join(cacheFolder, 'layers'), clock: shared.clock });
  const attester = new Attester({ registry });
  const common = { registry, openRegistry: parts.openRegistry, cache, repository, toolsFolder };
  const servingImages: ServingImageParts = {
    ...common,
    basesFolder: join(cacheFolder, 'bases'),
    workFolder: join(cacheFolder, 'work'),
    defaultBase,
    images: shared.images,
    environments: shared.environments,
    attester,
    turns: new Turns(BUILDS_AT_ONCE),
    runtimeLayer: once(() =>
      programLayer({
        name: 'runtime',
        entry: programs.runtime.entry,
        at: RUNTIME_FOLDER,
        extraFolders: { python: programs.runtime.python },
      }),
    ),
  };
  const clusters = new KubernetesClusters({ ...parts, ...shared, images: servingImages });
  const installer = new RouterInstaller({
    ...parts,
    state: shared.state,
    clusters,
    pullSecret: pullSecretName(parts.registryLogin),
    routerImage: {
      ...common,
      base: usualBaseImage(defaultBase),
      routerLayer: once(() => programLayer({ name: 'router', entry: programs.router.entry, at: ROUTER_FOLDER })),
    },
    check: (compute, client, signal) => checkCluster({ ...parts, ...shared }, compute, client, signal),
  });
  return { clusters, installer, attester, servingImages };
}

/** Our programs do not change while we run. A failure is not kept. */
function once(make: () => Promise<LayerSource>): () => Promise<LayerSource> {
  let made: Promise<LayerSource> | null = null;
  return () => {
    made ??= make().catch((error: unknown) => {
      made = null;
      throw error;
    });
    return made;
  };
}
