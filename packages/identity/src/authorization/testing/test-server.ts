/** The authorization server on a real record and a real port, with a client and a browser for it. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type Clock, silentLogger, systemClock } from '@farled/service';
import { openState, type State } from '@farled/state';

import { type AccessTokens, accessTokens, LIFETIME_SECONDS } from '../../access-tokens.ts';
import { digestPassword, digestSecret } from '../../secret-digest.ts';
import { openSigningKeys } from '../../signing-keys.ts';
import { openAuthorizationServer } from '../authorization-server.ts';

export const CLIENT = '04b07795-8ddb-461a-bbee-02f9e1bf7b46';
export const SCOPE = 'https://management.core.windows.net//.default openid profile offline_access';
export const TENANT = '11111111-2222-3333-4444-555555555555';
export const REDIRECT = 'http://localhost:8400';
export const PASSWORD = 'correct horse battery';
export const VERIFIER = 'v'.repeat(64);
const CHALLENGE = createHash('sha256').update(VERIFIER).digest('base64url');

// oxlint-disable-next-line typescript/no-explicit-any -- what a body is, each test knows
type Json = any;

export interface TestAuthorization extends AsyncDisposable {
  readonly url: string;
  readonly state: State;
  readonly tokens: AccessTokens;
  readonly robot: { readonly id: string; readonly secret: string };
  readonly user: { readonly id: string };
  post(path: string, fields: Record<string, string>): Promise<{ status: number; body: Json }>;
  get(path: string): Promise<{ status: number; body: Json }>;
  /** Starts the server anew on the same record. */
  restart(): void;
}

export async function startTestAuthorization(clock: Clock = systemClock): Promise<TestAuthorization> {
  const folder = await mkdtemp(join(tmpdir(), 'farled-authorization-'));
  const database = { kind: 'sqlite', path: join(folder, 'record.sqlite') } as const;
  const state = await openState({ database, secretKey: Buffer.alloc(32, 7), clock });
  const { signingKeys: store, changes } = state;
  const keys = openSigningKeys({ store, changes, purpose: 'access', lifetimeSeconds: LIFETIME_SECONDS, clock });
  let url = '';
  const open = () => openAuthorizationServer({ state, keys, url: () => url, clock, log: silentLogger });
  let server = open();
  const listener = createServer((request, response) => {
    server.handle(request, response).catch((error: Error) => response.writeHead(404).end(error.message));
  }).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  url = `http://127.0.0.1:${(listener.address() as AddressInfo).port}`;
  const secret = 'secret-of-the-robot';
  const robot = await state.identities.create({
    name: 'robot',
    kind: 'servicePrincipal',
    secretDigest: digestSecret(secret),
  });
  const user = await state.identities.create({
    name: 'ada',
    kind: 'user',
    secretDigest: await digestPassword(PASSWORD),
  });
  const read = async (answer: Response) => {
    const isJson = String(answer.headers.get('content-type')).includes('json');
    return { status: answer.status, body: (isJson ? await answer.json() : await answer.text()) as Json };
  };
  return {
    url,
    state,
    tokens: accessTokens(keys, clock),
    robot: { id: robot.id, secret },
    user,
    post: async (path, fields) =>
      read(
        await fetch(`${url}${path}`, {
          method: 'POST',
          body: new URLSearchParams(fields),
          headers: { accept: 'application/json' },
        }),
      ),
    get: async (path) => read(await fetch(`${url}${path}`, { headers: { accept: 'application/json' } })),
    restart: () => {
      server = open();
    },
    [Symbol.asyncDispose]: async () => {
      listener.closeAllConnections();
      listener.close();
      await state[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    },
  };
}

export interface Shown {
  readonly status: number;
  readonly html: string;
  readonly url: string;
  readonly headers: Headers;
}

/** Keeps cookies as a browser does, by path, and follows redirects on its own server. */
export class TestBrowser {
  readonly #cookies = new Map<string, { readonly value: string; readonly path: string }>();

  async open(url: string, form?: Record<string, string>): Promise<Shown> {
    const { pathname, origin } = new URL(url);
    const cookies = [...this.#cookies].filter(([, { path }]) => pathname.startsWith(path));
    const answer = await fetch(url, {
      redirect: 'manual',
      headers: {
        accept: 'text/html',
        cookie: cookies.map(([name, { value }]) => `${name.split(' ')[0]}=${value}`).join('; '),
      },
      ...(form === undefined ? {} : { method: 'POST', body: new URLSearchParams(form) }),
    });
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      const path = /; path=([^;]+)/i.exec(line)?.[1] ?? '/';
      if (value === '') {
        this.#cookies.delete(`${name} ${path}`);
      } else {
        this.#cookies.set(`${name} ${path}`, { value, path });
      }
    }
    const location = answer.headers.get('location');
    const target = location === null ? undefined : new URL(location, url);
    return target?.origin === origin
      ? this.open(target.href)
      : { status: answer.status, html: await answer.text(), url: location ?? url, headers: answer.headers };
  }

  /** Sends the form of a page back to where it says. */
  submit(page: Shown, fields: Record<string, string>): Promise<Shown> {
    const action = /<form method="post" action="([^"]+)"/.exec(page.html)?.[1] ?? '';
    return this.open(new URL(action, page.url).href, { ...hiddenFields(page.html), ...fields });
  }
}

export function hiddenFields(html: string): Record<string, string> {
  return Object.fromEntries(
    [...html.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)].map(([, name, value]) => [
      name ?? '',
      (value ?? '').replaceAll('&amp;', '&'),
    ]),
  );
}

export function authorizeUrl(
  base: string,
  changes: Record<string, string | undefined> = {},
  tenant = 'x/organizations',
): string {
  const said = {
    client_id: CLIENT,
    response_type: 'code',
    redirect_uri: REDIRECT,
    scope: SCOPE,
    state: 'the-state',
    nonce: 'the-nonce',
    code_challenge: CHALLENGE,
    code_challenge_method: 'S256',
    response_mode: 'form_post',
    prompt: 'select_account',
    client_info: '1',
    ...changes,
  };
  const given = Object.entries(said).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return `${base}/adfs/${tenant}/oauth2/authorize?${new URLSearchParams(given).toString()}`;
}
