import { expect, test } from 'vitest';

import { rewriteLoginPath } from './login-paths.ts';

const LOGIN = 'login.microsoftonline.com';

test.each([
  [LOGIN, '/t/v2.0/.well-known/openid-configuration', '/adfs/t/.well-known/openid-configuration'],
  [`${LOGIN}:443`, '/t/v2.0/.well-known/openid-configuration?a=b', '/adfs/t/.well-known/openid-configuration?a=b'],
  [LOGIN, '/organizations/oauth2/v2.0/token', '/adfs/organizations/oauth2/token'],
  [LOGIN, '/t/oauth2/v2.0/devicecode', '/adfs/t/oauth2/devicecode'],
  [LOGIN, '/t/oauth2/v2.0/authorize?x=/y', '/adfs/t/oauth2/authorize?x=/y'],
  [LOGIN, '/t/v2.0/oauth2/token', '/adfs/t/oauth2/token'],
  [LOGIN, '/adfs/t/oauth2/token', '/adfs/t/oauth2/token'],
  [LOGIN, '/common/discovery/instance?api-version=1.1', '/common/discovery/instance?api-version=1.1'],
  ['management.azure.com', '/t/oauth2/v2.0/token', '/t/oauth2/v2.0/token'],
])('%s%s is %s', (host, url, wanted) => {
  expect(rewriteLoginPath(host, url)).toBe(wanted);
});
