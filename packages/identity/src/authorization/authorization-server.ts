/** Gives tokens to service principals and to people who log in, below `/adfs/TENANT`. */
import type { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';

import { FarledError } from '@farled/contract';
import type { Clock, Logger } from '@farled/service';
import type { State } from '@farled/state';

import type { SigningKeys } from '../signing-keys.ts';
import { openAttempts } from './attempts.ts';
import { openBegun } from './begun.ts';
import { createProvider } from './provider.ts';
import { parseTenantPath, ROOT } from './tenant-path.ts';

export interface AuthorizationServerParts {
  readonly state: Pick<State, 'identities' | 'logins' | 'fingerprint'>;
  readonly keys: SigningKeys;
  /** Base address that clients reach it by, no slash at the end. */
  readonly url: () => string;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface AuthorizationServer {
  /**
   * Answers a request whose body nobody has read.
   *
   * @throws FarledError RouteNotFound for a path without a tenant, before anything is answered.
   */
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
}

type Callback = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

export function openAuthorizationServer({
  state,
  keys,
  url,
  clock,
  log,
}: AuthorizationServerParts): AuthorizationServer {
  const attempts = openAttempts(clock);
  const begun = openBegun(clock);
  let current: { readonly of: string; readonly callback: Callback } | undefined;

  /** All that lasts is in the record: with other keys, or at another address, it is just made anew. */
  const callback = async (): Promise<Callback> => {
    const jwks = await keys.complete();
    const of = [url(), ...jwks.map(({ kid }) => kid)].join(' ');
    if (current?.of !== of) {
      const provider = createProvider(`${url()}${ROOT}`, { state, attempts, begun, clock, keys: jwks });
      provider.on('server_error', (_ctx, error) => log.error({ err: error }, 'Authorization failed'));
      // The library's types leave out what Koa tells of.
      (provider as EventEmitter).on('error', (error) => log.warn({ err: error }, 'A login was not answered'));
      current = { of, callback: provider.callback() };
    }
    return current.callback;
  };

  return {
    handle: async (request, response) => {
      // Some clients double a slash.
      const whole = (request.url ?? '').replaceAll(/(?<!\?.*)\/{2,}/g, '/');
      const [path = ''] = whole.split('?', 1);
      const tenant = parseTenantPath(path);
      if (tenant === undefined) {
        throw new FarledError('RouteNotFound', `Farled has no ${request.method ?? ''} ${path}.`);
      }
      const { mount, tenantId } = tenant;
      request.url = inLowerCase(whole.slice(mount.length));
      await (
        await callback()
      )(Object.assign(request, { baseUrl: mount, tenantId }), response);
    },
  };
}

/** contract 2: paths are compared without regard to case; what a login is called is not. */
function inLowerCase(path: string): string {
  return path.replace(/^\/(?:login|(?:oauth2|discovery|\.well-known)\/[a-z-]+)(?=[/?]|$)/i, (name) =>
    name.toLowerCase(),
  );
}
