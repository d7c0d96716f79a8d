/** The image of a service on a Kubernetes; only what is new of it is pushed. */
import { parseReference } from '@farled/image';
import type { GoodImage, ServiceRecord, ServiceSpec, Stores } from '@farled/state';

import type { BuildBase } from '../../serving-image/base-of.ts';
import { buildServingImage, type ServingImage, type ServingImageParts } from '../../serving-image/serving-image.ts';
import { platformsOf } from './platforms.ts';

export type { ServingImageParts as ServiceImagesParts } from '../../serving-image/serving-image.ts';

export interface ServiceImageRequest {
  readonly stores: Pick<Stores, 'models' | 'environments'>;
  readonly service: ServiceRecord;
  readonly spec: ServiceSpec;
  /** Architectures of the cluster's nodes. */
  readonly architectures: readonly string[];
  readonly pythonPolicy: 'exact' | 'nearest';
  readonly buildBase: BuildBase;
  readonly log: (line: string) => void;
  readonly signal: AbortSignal;
}

export interface ServiceImage extends ServingImage, GoodImage {}

/**
 * The image that the spec came to when it became good, as long as it is for all nodes and where images are pushed to;
 * else null. Nothing is built and no registry is asked: what runs is looked after without either, and goes on as it is
 * when a base image or this program is newer by now.
 */
export async function recallServiceImage(
  { repository }: Pick<ServingImageParts, 'repository'>,
  {
    stores,
    service: { workspaceId },
    spec: { environment },
    architectures,
  }: Pick<ServiceImageRequest, 'stores' | 'service' | 'spec' | 'architectures'>,
  image: GoodImage | undefined,
): Promise<ServiceImage | null> {
  if (image === undefined || !isIn(repository, image) || !isForAll(architectures, image)) {
    return null;
  }
  const { definition } = await stores.environments.get(workspaceId, environment.name, environment.version);
  return { ...image, environmentVariables: definition.environmentVariables };
}

function isIn(repository: string, { reference }: GoodImage): boolean {
  const [wanted, has] = [parseReference(repository), parseReference(reference)];
  return wanted.host === has.host && wanted.repository === has.repository;
}

function isForAll(architectures: readonly string[], image: GoodImage): boolean {
  return platformsOf(architectures).every(({ architecture }) => image.architectures.includes(architecture));
}

/** @throws FarledError with a deployment code when it can't be built. */
export async function buildServiceImage(
  parts: ServingImageParts,
  { service, spec, architectures, ...request }: ServiceImageRequest,
): Promise<ServiceImage> {
  const platforms = platformsOf(architectures);
  const image = await buildServingImage(parts, {
    ...request,
    content: { workspaceId: service.workspaceId, ...spec },
    platforms,
    tag: (digest) => `${service.name}-${digest.slice(0, 12)}`,
    labels: { 'dev.farled.service': service.name, 'dev.farled.workspace': service.workspace.workspace },
  });
  return { ...image, architectures: platforms.map(({ architecture }) => architecture) };
}
