/** Access tokens for registries that ask for them, kept until they run out. */
import { FarledError } from '@farled/contract';
import type { Clock } from '@farled/service';
import type { Dispatcher } from 'undici';
import { z } from 'zod';

import { SharedTasks } from '../shared-task.ts';
import type { Challenge } from './challenge.ts';
import type { Credential } from './credentials.ts';
import { RegistryRefusal, unreachable } from './failure.ts';
import { maySendSecrets } from './transport-security.ts';

const TokenAnswer = z.object({
  token: z.string().optional(),
  access_token: z.string().optional(),
  expires_in: z.number().positive().optional(),
});

/** What registries are to assume when they don't say how long a token lasts. */
const DEFAULT_LIFETIME_SECONDS = 60;
/** A token is not used in the last moments of its life: the request takes a while to arrive. */
const MARGIN_MS = 10_000;
const CLIENT = 'farled';
const DEADLINE_MS = 30_000;

export interface TokenRequest {
  readonly challenge: Challenge;
  readonly host: string;
  readonly repository: string;
  readonly scopes: readonly string[];
  readonly credential: Credential | null;
  readonly signal: AbortSignal;
}

export class Tokens {
  readonly #kept = new Map<string, { readonly token: string; readonly until: number }>();
  /** Many requests at once need the same token. */
  readonly #asking = new SharedTasks<string>();
  readonly #clock: Clock;
  readonly #dispatcher: Dispatcher;
  readonly #insecureHosts: ReadonlySet<string>;

  constructor(parts: { clock: Clock; dispatcher: Dispatcher; insecureHosts: ReadonlySet<string> }) {
    this.#clock = parts.clock;
    this.#dispatcher = parts.dispatcher;
    this.#insecureHosts = parts.insecureHosts;
  }

  /** A token that the server refused is of no use to anyone. */
  forget(request: Pick<TokenRequest, 'host' | 'scopes'>): void {
    this.#kept.delete(keyOf(request));
  }

  async get(request: TokenRequest): Promise<string> {
    const kept = this.#kept.get(keyOf(request));
    if (kept !== undefined && kept.until > this.#clock.now()) {
      return kept.token;
    }
    return this.#asking.run(keyOf(request), request.signal, (signal) => this.#ask({ ...request, signal }));
  }

  async #ask(request: TokenRequest): Promise<string> {
    const { host, repository, credential, challenge } = request;
    const attempted = { what: 'signing in', host, repository, known: credential !== null };
    const realm = this.#realm(challenge, host, credential !== null);
    const signal = AbortSignal.any([request.signal, AbortSignal.timeout(DEADLINE_MS)]);
    let status: number;
    let body: string;
    try {
      const answer = await this.#dispatcher.request({ origin: realm.origin, signal, ...ask(realm, request) });
      status = answer.statusCode;
      body = await answer.body.text();
    } catch (error) {
      request.signal.throwIfAborted();
      throw unreachable({ ...attempted, what: `signing in at ${realm.host}` }, error);
    }
    if (status !== 200) {
      throw new RegistryRefusal(attempted, status, body);
    }
    const { token, lifetime } = readAnswer(body, realm.host);
    this.#kept.set(keyOf(request), { token, until: this.#clock.now() + lifetime * 1000 - MARGIN_MS });
    return token;
  }

  #realm({ parameters }: Challenge, host: string, secret: boolean): URL {
    const text = parameters['realm'] ?? '';
    const realm = URL.canParse(text) ? new URL(text) : undefined;
    if (realm === undefined || (secret && !maySendSecrets(realm, this.#insecureHosts))) {
      throw new FarledError(
        'RegistryUnavailable',
        `${host} asks to sign in at ${JSON.stringify(text)}, where credentials are not sent: it is not an https address.`,
      );
    }
    return realm;
  }
}

function ask(
  realm: URL,
  { challenge, scopes, credential }: TokenRequest,
): { method: 'GET' | 'POST'; path: string; headers: Record<string, string>; body?: string } {
  const service = challenge.parameters['service'];
  const asked = new URLSearchParams(service === undefined ? [] : [['service', service]]);
  if (credential !== null && 'identityToken' in credential) {
    asked.set('grant_type', 'refresh_token');
    asked.set('client_id', CLIENT);
    asked.set('scope', scopes.join(' '));
    asked.set('refresh_token', credential.identityToken);
    return {
      method: 'POST',
      path: realm.pathname + realm.search,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: asked.toString(),
    };
  }
  scopes.forEach((scope) => asked.append('scope', scope));
  const query = [realm.search.slice(1), asked.toString()].filter(Boolean).join('&');
  return {
    method: 'GET',
    path: `${realm.pathname}?${query}`,
    headers: credential === null ? {} : { authorization: basic(credential) },
  };
}

export function basic({ username, password }: { readonly username: string; readonly password: string }): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

function readAnswer(body: string, realmHost: string): { readonly token: string; readonly lifetime: number } {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    value = undefined;
  }
  const parsed = TokenAnswer.safeParse(value);
  const token = parsed.data?.token ?? parsed.data?.access_token;
  if (token === undefined || token === '') {
    throw new FarledError('RegistryUnavailable', `${realmHost} answers a sign-in without a token.`);
  }
  return { token, lifetime: parsed.data?.expires_in ?? DEFAULT_LIFETIME_SECONDS };
}

function keyOf({ host, scopes }: Pick<TokenRequest, 'host' | 'scopes'>): string {
  return `${host} ${scopes.toSorted().join(' ')}`;
}
