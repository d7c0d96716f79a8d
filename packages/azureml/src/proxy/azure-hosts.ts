/** The hosts of Azure that the proxy stands in for: those that azureml-core asks when nothing tells it otherwise. Pure. */

export const LOGIN_HOST = 'login.microsoftonline.com';
const ARM_HOST = 'management.azure.com';
const BLOB_DOMAIN = 'blob.core.windows.net';

/** Names of its certificate. */
export const PROXIED_NAMES = [ARM_HOST, LOGIN_HOST, `*.${BLOB_DOMAIN}`] as const;

/** What this API calls itself behind the proxy: a host that files may be uploaded to. */
export const PROXIED_URL = `https://farled.${BLOB_DOMAIN}`;

/** Whether `CONNECT host:port` is for one of them. */
export function isProxied(target: string): boolean {
  const [, host = '', port] = /^([^:/@]+):(\d+)$/.exec(target) ?? [];
  const name = host.toLowerCase();
  const [label, ...domain] = name.split('.');
  return (
    port === '443' &&
    (name === LOGIN_HOST || name === ARM_HOST || (domain.join('.') === BLOB_DOMAIN && /^[a-z0-9-]+$/.test(label ?? '')))
  );
}
