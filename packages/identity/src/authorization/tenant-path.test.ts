import { expect, test } from 'vitest';

import { DEFAULT_TENANT } from '../caller.ts';
import { parseTenantPath } from './tenant-path.ts';

const GUID = '11111111-2222-3333-4444-555555555555';

test.each([
  [`/adfs/${GUID}/oauth2/token`, `/adfs/${GUID}`, GUID],
  [`/adfs/x/${GUID}/oauth2/token`, `/adfs/x/${GUID}`, GUID],
  ['/adfs/any/.well-known/openid-configuration', '/adfs/any', 'any'],
  ['/adfs/contoso.example/discovery/keys', '/adfs/contoso.example', 'contoso.example'],
  ['/adfs/x/organizations/oauth2/devicecode', '/adfs/x/organizations', DEFAULT_TENANT],
  ['/adfs/common/oauth2/authorize', '/adfs/common', DEFAULT_TENANT],
  ['/adfs/x/.well-known/openid-configuration', '/adfs/x', DEFAULT_TENANT],
  ['/adfs/oauth2/oauth2/token', '/adfs/oauth2', 'oauth2'],
  ['/adfs/any/login/abc', '/adfs/any', 'any'],
])('%s is of the tenant that %s names: %s', (path, mount, tenantId) => {
  expect(parseTenantPath(path)).toEqual({ mount, tenantId });
});

test.each([
  '/adfs',
  '/adfs/',
  '/adfs/any',
  '/adfs/any/other',
  '/adfs/%2e%2e/oauth2/token',
  '/adfs/a b/oauth2/token',
  '/x/oauth2/token',
])('%s is of none', (path) => {
  expect(parseTenantPath(path)).toBeUndefined();
});
