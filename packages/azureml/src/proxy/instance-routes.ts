import { json } from '../answer.ts';
import { type CompatibleRoute, SUPPORTED } from '../route.ts';
import { LOGIN_HOST } from './azure-hosts.ts';

/** Only behind the proxy: without it, the client knows our authority for one that needs no such question. */
export function instanceRoutes(): readonly CompatibleRoute[] {
  return [
    {
      row: '1.6',
      method: 'GET',
      path: '/common/discovery/instance',
      client: 'every class that logs in, through the proxy',
      support: SUPPORTED,
      dialect: 'oauth',
      need: null,
      answer: ({ query }) => Promise.resolve(json(instances(query['authorization_endpoint'] ?? ''))),
    },
  ];
}

function instances(authorizationEndpoint: string): unknown {
  const tenant = /^https:\/\/[^/]+\/([^/]+)\//.exec(authorizationEndpoint)?.[1] ?? 'common';
  return {
    tenant_discovery_endpoint: `https://${LOGIN_HOST}/${tenant}/v2.0/.well-known/openid-configuration`,
    'api-version': '1.1',
    metadata: [{ preferred_network: LOGIN_HOST, preferred_cache: LOGIN_HOST, aliases: [LOGIN_HOST] }],
  };
}
