/** The image of a service on a Kubernetes; only what is new of it is pushed. */
import type { ServiceRecord, ServiceSpec, Stores } from '@farled/state';

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
  readonly log: (line: string) => void;
  readonly signal: AbortSignal;
}

export interface ServiceImage extends ServingImage {
  readonly architectures: readonly string[];
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
