/** Where plain HTTP is good enough: on this machine, and where an administrator said so. */

function isLoopback(hostname: string): boolean {
  return (
    hostname === 'localhost' || hostname === '[::1]' || hostname === '::1' || /^127\.\d+\.\d+\.\d+$/.test(hostname)
  );
}

/** `host` may have a port. */
export function mayUsePlainHttp(host: string, insecureHosts: ReadonlySet<string>): boolean {
  return insecureHosts.has(host) || isLoopback(host.replace(/:\d+$/, ''));
}

export function maySendSecrets(url: URL, insecureHosts: ReadonlySet<string>): boolean {
  return url.protocol === 'https:' || mayUsePlainHttp(url.host, insecureHosts) || insecureHosts.has(url.hostname);
}
