/** All routes of the compatible API. */
import { artifactRoutes } from './artifacts/routes.ts';
import { blobRoutes } from './blobs/routes.ts';
import { computeRoutes } from './compute/routes.ts';
import { discoveryRoutes } from './discovery/routes.ts';
import { environmentRoutes } from './environments/routes.ts';
import { identityRoutes } from './identity/routes.ts';
import { imageRoutes } from './images/routes.ts';
import { metadataRoutes } from './metadata/routes.ts';
import { modelRoutes } from './models/routes.ts';
import { operationRoutes } from './operations/routes.ts';
import { packageRoutes } from './packages/routes.ts';
import type { CompatibleParts } from './parts.ts';
import type { CompatibleRoute } from './route.ts';
import { serviceRoutes } from './services/routes.ts';
import { subscriptionRoutes } from './subscriptions/routes.ts';
import { workspaceRoutes } from './workspaces/routes.ts';

export function compatibleRoutes(parts: CompatibleParts): readonly CompatibleRoute[] {
  return [
    ...metadataRoutes(parts),
    ...identityRoutes(parts),
    ...discoveryRoutes(parts),
    ...subscriptionRoutes(parts),
    ...workspaceRoutes(parts),
    ...computeRoutes(parts),
    ...artifactRoutes(parts),
    ...blobRoutes(parts),
    ...modelRoutes(parts),
    ...environmentRoutes(parts),
    ...serviceRoutes(parts),
    ...operationRoutes(parts),
    ...packageRoutes(parts),
    ...imageRoutes(parts),
  ];
}
