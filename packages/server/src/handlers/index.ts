import type { Handlers } from '../handler.ts';
import type { AppParts } from '../parts.ts';
import { artifactHandlers } from './artifacts.ts';
import { clusterHandlers } from './clusters.ts';
import { computeHandlers } from './computes.ts';
import { endpointHandlers } from './endpoints.ts';
import { environmentHandlers } from './environments.ts';
import { identityHandlers } from './identities.ts';
import { modelHandlers } from './models.ts';
import { operationHandlers } from './operations.ts';
import { packageHandlers } from './packages.ts';
import { resourceGroupHandlers } from './resource-groups.ts';
import { serviceHandlers } from './services.ts';
import { workspaceHandlers } from './workspaces.ts';

export function createHandlers(parts: AppParts): Handlers {
  return {
    getServerInfo: () =>
      Promise.resolve([200, { product: 'farled', version: parts.version, scoringUrl: parts.scoringUrl() }]),
    replaceTokenKey: async () => {
      await parts.serviceTokens.replaceKey();
      return [204];
    },
    ...resourceGroupHandlers(parts),
    ...workspaceHandlers(parts),
    ...identityHandlers(parts),
    ...artifactHandlers(parts),
    ...modelHandlers(parts),
    ...environmentHandlers(parts),
    ...clusterHandlers(parts),
    ...computeHandlers(parts),
    ...serviceHandlers(parts),
    ...endpointHandlers(parts),
    ...packageHandlers(parts),
    ...operationHandlers(parts),
  };
}
