/** Paths of login.microsoftonline.com as those of our authorization server. Pure. */
import { LOGIN_HOST } from './azure-hosts.ts';

/** MSAL asks there which hosts are one and the same before it trusts any. */
const INSTANCES = '/common/discovery/instance';
/** `/{tenant}/v2.0/...`, below which our server says its endpoints are when asked there, and `/{tenant}/oauth2/v2.0/...`. */
const VERSIONED = /^\/([^/?]+)\/(?:v2\.0|(oauth2)\/v2\.0)\//i;

/** @param host as the request names it. */
export function rewriteLoginPath(host: string, url: string): string {
  if (host.toLowerCase().replace(/:443$/, '') !== LOGIN_HOST || url.startsWith(INSTANCES)) {
    return url;
  }
  return url.replace(VERSIONED, (_, tenant: string, oauth?: string) =>
    oauth === undefined ? `/adfs/${tenant}/` : `/adfs/${tenant}/${oauth}/`,
  );
}
