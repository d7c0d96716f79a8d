/** A service as its readers see it. */
import type { Service } from '@farled/contract';
import type { ComputeRecord, ServiceRecord } from '@farled/state';

import type { AppParts } from './parts.ts';
import { scoringUrlOf } from './scoring-url.ts';

/** `computes` has the one that the service is to run on, and perhaps others. */
export function toService(service: ServiceRecord, computes: readonly ComputeRecord[], parts: AppParts): Service {
  const { spec, status } = service;
  const compute = computes.find(
    ({ workspaceId, name }) =>
      workspaceId === service.workspaceId && name.toLowerCase() === spec.computeName.toLowerCase(),
  );
  const scoringUrl = compute === undefined ? null : scoringUrlOf(compute, parts);
  const uri = (path: string): string =>
    scoringUrl === null ? '' : `${scoringUrl}/api/v1/service/${service.name}/${path}`;
  return {
    id: service.id,
    name: service.name,
    description: service.description,
    tags: { ...service.tags },
    properties: { ...service.properties },
    computeName: spec.computeName,
    computeType: 'AKS',
    state: status.state,
    error: status.error,
    scoringUri: uri('score'),
    swaggerUri: uri('swagger.json'),
    models: [...spec.models],
    inference: { entryScript: spec.entryScript, environment: { ...spec.environment } },
    settings: spec.settings,
    deploymentStatus: {
      desiredReplicas: status.desiredReplicas,
      updatedReplicas: status.updatedReplicas,
      availableReplicas: status.availableReplicas,
      replicas: [...status.replicas],
    },
    operationId: service.operationId,
    createdTime: service.createdTime,
    updatedTime: service.updatedTime,
  };
}
