/** The image of the routers: a base, Node, and the router's program. */
import {
  buildImage,
  type LayerCache,
  type LayerSource,
  NODE_IN_IMAGE,
  nodeLayer,
  parseReference,
  PROGRAM_FILE,
  type Registry,
} from '@farled/image';

import { platformsOf } from '../../substrate/kubernetes/platforms.ts';

export interface RouterImageParts {
  readonly registry: Registry;
  readonly cache: LayerCache;
  /** `host/path` that images are pushed to. */
  readonly repository: string;
  readonly base: string;
  /** The router's program, at {@link ROUTER_FOLDER}. */
  readonly routerLayer: () => Promise<LayerSource>;
  readonly toolsFolder: string;
}

/** Where the router is in its image. */
export const ROUTER_FOLDER = '/opt/farled/router';
/** Any user that is not root; the routers' Deployment names it too. */
const USER = 65_532;

/** Its reference, by digest; nothing is sent when the registry has it. */
export async function buildRouterImage(
  parts: RouterImageParts,
  architectures: readonly string[],
  log: (line: string) => void,
  signal: AbortSignal,
): Promise<string> {
  const program = await parts.routerLayer();
  const built = await buildImage({
    ...parts,
    base: parseReference(parts.base),
    target: parseReference(parts.repository),
    tag: 'router',
    platforms: platformsOf(architectures),
    layers: async (platform) => [await nodeLayer(platform, parts, signal), program],
    config: {
      env: {},
      entrypoint: [NODE_IN_IMAGE, `${ROUTER_FOLDER}/${PROGRAM_FILE}`],
      workingDir: '/',
      user: `${USER}:${USER}`,
      exposedPorts: ['8080/tcp', '8081/tcp'],
      labels: {},
    },
    log,
    signal,
  });
  return built.reference;
}
