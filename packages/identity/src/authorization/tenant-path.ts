/** Addresses of the authorization server: `/adfs/TENANT/...`, and `/adfs/x/TENANT/...` of interactive logins. */
import { DEFAULT_TENANT } from '../caller.ts';

/** MSAL takes an authority whose path starts with it for ADFS, and asks no one else about it. */
export const ROOT = '/adfs';

export interface TenantPath {
  /** What stands before the server's own paths: `/adfs/TENANT`. */
  readonly mount: string;
  /** What tokens say: the tenant as it was named. */
  readonly tenantId: string;
}

/** What stands for «whichever tenant the person is of». */
const ANY_TENANT = new Set(['x', 'organizations', 'common', 'consumers']);

const PATTERN = /^(\/adfs\/(?:x\/)?([A-Za-z0-9][A-Za-z0-9._-]{0,127}))\/(?:\.well-known|oauth2|discovery|login)\//i;

/** Undefined for a path that has no tenant, or one that none can be called. */
export function parseTenantPath(path: string): TenantPath | undefined {
  const [, mount, tenant] = PATTERN.exec(path) ?? [];
  return mount === undefined || tenant === undefined
    ? undefined
    : { mount, tenantId: ANY_TENANT.has(tenant.toLowerCase()) ? DEFAULT_TENANT : tenant };
}
