import { buildCompatibleApp, type CompatibleAppOptions } from '../app.ts';
import type { CompatibleParts } from '../parts.ts';
import { type ConnectProxy, openConnectProxy } from './connect-proxy.ts';

export interface AzureProxyOptions extends Pick<CompatibleAppOptions, 'tls'> {
  /** 0 takes a free one. */
  readonly port: number;
}

/** The compatible API under the names that azureml-core has for Azure: `parts.url` is one of them. */
export async function openAzureProxy(parts: CompatibleParts, { tls, port }: AzureProxyOptions): Promise<ConnectProxy> {
  const app = buildCompatibleApp(parts, { tls, forAzureHosts: true });
  await app.ready();
  const proxy = await openConnectProxy({ target: app.server, port, log: parts.log });
  return {
    url: proxy.url,
    [Symbol.asyncDispose]: async () => {
      await proxy[Symbol.asyncDispose]();
      await app.close();
    },
  };
}
