/** Proxies in the environment, and which hosts go around them, as Python's requests reads it. Pure. */

export type Given = Readonly<Record<string, string | undefined>>;

const PROXY_VARIABLES = ['https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'];

/** The variable by which requests to https addresses go through a proxy. */
export function proxyOf(given: Given): { readonly variable: string; readonly value: string } | undefined {
  const variable = PROXY_VARIABLES.find((name) => said(given[name]));
  return variable === undefined ? undefined : { variable, value: given[variable] ?? '' };
}

/** The list that counts: the one in small letters goes first. */
function exceptionsOf(given: Given): string {
  return said(given['no_proxy']) ? (given['no_proxy'] ?? '') : (given['NO_PROXY'] ?? '');
}

/** Whether a host is reached without the proxy: the list names it, its domain, or everything. */
export function bypassesProxy(given: Given, host: string): boolean {
  return entries(exceptionsOf(given)).some((entry) => {
    const domain = entry
      .replace(/:\d+$/, '')
      .replace(/^\*?\./, '')
      .toLowerCase();
    return domain === '*' || host === domain || host.endsWith(`.${domain}`);
  });
}

/** What has to be set so that these hosts are reached without the proxy; nothing when there is none. */
export function exceptionsFor(given: Given, hosts: readonly string[]): Readonly<Record<string, string>> {
  const missing = hosts.filter((host) => !bypassesProxy(given, host));
  if (proxyOf(given) === undefined || missing.length === 0) {
    return {};
  }
  const list = [...entries(exceptionsOf(given)), ...missing].join(',');
  return { NO_PROXY: list, no_proxy: list };
}

function entries(list: string): string[] {
  return list.split(/[\s,]+/).filter((entry) => entry !== '');
}

function said(value: string | undefined): boolean {
  return value !== undefined && value !== '';
}
