import { endpointRequests } from '../endpoints/endpoint-requests.ts';
import type { CompatibleParts } from '../parts.ts';
import type { CompatibleRoute } from '../route.ts';
import { keyRoutes } from './key-routes.ts';
import { lifecycleRoutes } from './lifecycle-routes.ts';
import { serviceRequests } from './service-requests.ts';
import { validationRoutes } from './validation-routes.ts';

export function serviceRoutes(parts: CompatibleParts): readonly CompatibleRoute[] {
  const requests = serviceRequests(parts);
  const endpoints = endpointRequests(parts);
  return [
    ...validationRoutes(parts, requests, endpoints),
    ...lifecycleRoutes(parts, requests, endpoints),
    ...keyRoutes(parts),
  ];
}
