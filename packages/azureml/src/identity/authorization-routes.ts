/** Where tokens come from: every route goes to the authorization server, under each form that a tenant has. */
import type { AuthorizationServer } from '@farled/identity';

import { type CompatibleRoute, SUPPORTED } from '../route.ts';

/** contract 1.4: interactive logins put the tenant behind `/adfs/x`. */
const MOUNTS = ['/adfs/:tenant', '/adfs/x/:tenant'] as const;

type Endpoint = readonly [row: string, method: CompatibleRoute['method'], path: string, client: string];

const ENDPOINTS: readonly Endpoint[] = [
  ['A1', 'GET', '/.well-known/openid-configuration', 'each class of azureml.core.authentication, once'],
  ['A1', 'GET', '/discovery/keys', 'whoever checks a token'],
  ['A3', 'POST', '/oauth2/devicecode', 'InteractiveLoginAuthentication without a browser'],
  ['A3', 'GET', '/oauth2/deviceauth', 'the browser in which the code is entered'],
  ['A3', 'POST', '/oauth2/deviceauth', 'the browser in which the code is entered'],
  ['A3', 'GET', '/oauth2/deviceauth/:login', 'the browser, after the login'],
  ['A5', 'GET', '/oauth2/authorize', 'InteractiveLoginAuthentication, in a browser'],
  ['A5', 'GET', '/oauth2/authorize/:login', 'the browser, after the login'],
  ['A5', 'GET', '/login/:login', 'the login page'],
  ['A5', 'POST', '/login/:login', 'the login page'],
];

const TOKEN = '/oauth2/token';

export function authorizationRoutes(authorization: AuthorizationServer): readonly CompatibleRoute[] {
  const common = {
    support: SUPPORTED,
    dialect: 'oauth',
    need: null,
    body: 'bytes',
    answer: () =>
      Promise.resolve({
        status: 200,
        handOver: (request, response) => authorization.handle(request, response),
      }),
  } as const satisfies Partial<CompatibleRoute>;
  const [short, long] = MOUNTS;
  return [
    { ...common, row: 'A2', method: 'POST', path: `${short}${TOKEN}`, client: 'ServicePrincipalAuthentication' },
    { ...common, row: 'A4', method: 'POST', path: `${long}${TOKEN}`, client: 'InteractiveLoginAuthentication' },
    ...MOUNTS.flatMap((mount) =>
      ENDPOINTS.map(([row, method, path, client]) => ({ ...common, row, method, path: `${mount}${path}`, client })),
    ),
  ];
}
