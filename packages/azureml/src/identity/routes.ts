import type { CompatibleParts } from '../parts.ts';
import { type CompatibleRoute, SUPPORTED } from '../route.ts';
import { authorizationRoutes } from './authorization-routes.ts';
import { managedIdentity } from './managed-identity.ts';

export function identityRoutes({ tokens, clock, state, authorization }: CompatibleParts): readonly CompatibleRoute[] {
  const common = {
    row: 'A6',
    path: '/msi/token',
    support: SUPPORTED,
    dialect: 'oauth',
    need: null,
    answer: (request) => managedIdentity(request, { tokens, clock, identities: state.identities }),
  } as const satisfies Partial<CompatibleRoute>;
  return [
    ...authorizationRoutes(authorization),
    { ...common, method: 'GET', client: 'MSI_ENDPOINT with MSI_SECRET and APPSETTING_WEBSITE_SITE_NAME' },
    { ...common, method: 'POST', client: 'MSI_ENDPOINT', body: 'form' },
  ];
}
