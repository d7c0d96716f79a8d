/** Requests to registries: scheme, sign-in, redirects, and answers that are not what was asked for. */
import { Readable } from 'node:stream';
import { getCACertificates } from 'node:tls';

import { FarledError } from '@farled/contract';
import type { Clock, Logger } from '@farled/service';
import { Agent, type Dispatcher } from 'undici';

import { type Challenge, parseChallenges } from './challenge.ts';
import type { Credential, Credentials } from './credentials.ts';
import { type Attempted, RegistryRefusal, unreachable } from './failure.ts';
import { Origins } from './origins.ts';
import type { Repository } from './reference.ts';
import { withRetries } from './retry.ts';
import { basic, Tokens } from './tokens.ts';
import { maySendSecrets } from './transport-security.ts';

export interface RegistryParts {
  readonly credentials: Credentials;
  readonly clock: Clock;
  readonly log: Logger;
  /** Hosts, with their port if they have one, that may be spoken to without TLS; this machine always may. */
  readonly insecureHosts?: readonly string[];
  /** Certificates of authorities to trust beside the usual ones, PEM. */
  readonly certificateAuthorities?: string;
}

export interface Call {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly to: Repository;
  /** Below `/v2/<repository>/`, or a whole address that the registry gave. */
  readonly path: string | URL;
  /** For people: what fails when this fails. */
  readonly what: string;
  readonly access: 'pull' | 'push';
  /** Repositories on the same host that must be readable too. */
  readonly alsoPull?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
  /** Called once for each time it is sent. */
  readonly body?: () => Uint8Array | AsyncIterable<Uint8Array>;
  /** Statuses that are answers; all others are failures. */
  readonly expect: readonly number[];
  /** What 404 means, where it means something. */
  readonly missing?: 'ImageNotFound';
  readonly signal: AbortSignal;
}

export interface Answer {
  readonly status: number;
  readonly header: (name: string) => string | undefined;
  readonly body: Dispatcher.ResponseData['body'];
  /** Where it came from, after redirects. */
  readonly url: URL;
}

const CONNECT_MS = 15_000;
/** Without a byte from the other side; a registry may take this long to check a large blob. */
const SILENCE_MS = 120_000;
const CONNECTIONS = 16;
const REDIRECTS = 5;

export class Connections {
  readonly clock: Clock;
  readonly log: Logger;
  readonly #credentials: Credentials;
  readonly #insecureHosts: ReadonlySet<string>;
  readonly #dispatcher: Agent;
  readonly #tokens: Tokens;
  readonly #challenges = new Map<string, Challenge>();
  readonly #origins: Origins;

  constructor({ credentials, clock, log, insecureHosts = [], certificateAuthorities }: RegistryParts) {
    this.clock = clock;
    this.log = log;
    this.#credentials = credentials;
    this.#insecureHosts = new Set(insecureHosts);
    this.#dispatcher = new Agent({
      connections: CONNECTIONS,
      // One long upload must not hold up what shares its connection.
      allowH2: false,
      headersTimeout: SILENCE_MS,
      bodyTimeout: SILENCE_MS,
      connect: {
        timeout: CONNECT_MS,
        ...(certificateAuthorities === undefined
          ? {}
          : { ca: [...getCACertificates('default'), certificateAuthorities] }),
      },
    });
    this.#origins = new Origins(this.#dispatcher, this.#insecureHosts);
    this.#tokens = new Tokens({ clock, dispatcher: this.#dispatcher, insecureHosts: this.#insecureHosts });
  }

  close(): Promise<void> {
    return this.#dispatcher.destroy();
  }

  /** Tries again while that may help: for calls that may be repeated. */
  repeat(call: Call): Promise<Answer> {
    const { clock, log } = this;
    return withRetries(
      {
        clock,
        signal: call.signal,
        onRetry: (error, waitMs) =>
          log.warn(
            { err: error, registry: call.to.host, repository: call.to.repository, waitMs },
            'Registry call is repeated',
          ),
      },
      () => this.send(call),
    );
  }

  /** @throws RegistryRefusal for a status that was not expected, FarledError RegistryUnavailable for no answer. */
  async send(call: Call): Promise<Answer> {
    const origin = await this.#origins.of(call.to.host);
    const url = call.path instanceof URL ? call.path : new URL(`/v2/${call.to.repository}/${call.path}`, origin);
    const credential = await this.#credentials(call.to.host);
    const attempted = {
      what: call.what,
      host: call.to.host,
      repository: call.to.repository,
      known: credential !== null,
      missing: call.missing,
      access: call.access,
    };
    let answer = await this.#sendSigned(call, url, origin, credential, attempted);
    for (let hops = 0; [301, 302, 303, 307, 308].includes(answer.status) && hops < REDIRECTS; hops += 1) {
      const location = answer.header('location');
      if (location === undefined || call.body !== undefined) {
        break;
      }
      await answer.body.dump();
      answer = await this.#sendSigned(call, new URL(location, answer.url), origin, credential, attempted);
    }
    if (!call.expect.includes(answer.status)) {
      throw new RegistryRefusal(attempted, answer.status, await textOf(answer, call));
    }
    return answer;
  }

  /** With what is known of the host's way to sign in; asked to sign in, does so and sends once more. */
  async #sendSigned(
    call: Call,
    url: URL,
    origin: string,
    credential: Credential | null,
    attempted: Attempted,
  ): Promise<Answer> {
    // A storage service that the registry redirects to has its own signature in the address.
    const ours = url.origin === origin;
    const authorization = ours ? await this.#authorization(call, credential) : undefined;
    const answer = await this.#sendOnce(call, url, authorization, attempted);
    if (answer.status !== 401 || !ours) {
      return answer;
    }
    const challenges = parseChallenges(answer.header('www-authenticate'));
    const challenge = challenges.find(({ scheme }) => scheme === 'bearer' || scheme === 'basic');
    const before = this.#challenges.get(call.to.host);
    if (challenge === undefined || (challenge.scheme === 'basic' && (credential === null || before !== undefined))) {
      return answer;
    }
    await answer.body.dump();
    this.#challenges.set(call.to.host, challenge);
    // Sent without one, the request says nothing of the token that another has got meanwhile.
    if (authorization !== undefined) {
      this.#tokens.forget({ host: call.to.host, scopes: scopesOf(call) });
    }
    return this.#sendOnce(call, url, await this.#authorization(call, credential), attempted);
  }

  async #authorization(call: Call, credential: Credential | null): Promise<string | undefined> {
    const { host, repository } = call.to;
    const challenge = this.#challenges.get(host);
    if (challenge?.scheme === 'basic') {
      if (credential !== null && 'identityToken' in credential) {
        throw new FarledError(
          'RegistryUnavailable',
          `${host} asks for a user name and password, and only an identity token is known for it.`,
          {
            suggestion: `Give a user name and password for ${host}.`,
          },
        );
      }
      return credential === null ? undefined : basic(credential);
    }
    if (challenge?.scheme === 'bearer') {
      const request = { challenge, host, repository, scopes: scopesOf(call), credential, signal: call.signal };
      return `Bearer ${await this.#tokens.get(request)}`;
    }
    return undefined;
  }

  async #sendOnce(call: Call, url: URL, authorization: string | undefined, attempted: Attempted): Promise<Answer> {
    if (authorization !== undefined && !maySendSecrets(url, this.#insecureHosts)) {
      throw new FarledError('RegistryUnavailable', `${url.host} answers without TLS; credentials are not sent there.`);
    }
    try {
      const { statusCode, headers, body } = await this.#dispatcher.request({
        origin: url.origin,
        path: url.pathname + url.search,
        method: call.method,
        headers: { 'user-agent': 'farled', ...call.headers, ...(authorization === undefined ? {} : { authorization }) },
        body: bodyOf(call),
        signal: call.signal,
      });
      return {
        status: statusCode,
        url,
        body,
        header: (name) => {
          const value = headers[name];
          return Array.isArray(value) ? value.join(', ') : value;
        },
      };
    } catch (error) {
      call.signal.throwIfAborted();
      throw error instanceof FarledError ? error : unreachable(attempted, error);
    }
  }
}

function bodyOf({ body }: Call): Uint8Array | Readable | null {
  const given = body?.();
  return given === undefined || given instanceof Uint8Array
    ? (given ?? null)
    : Readable.from(given, { objectMode: false });
}

function scopesOf({ to, access, alsoPull = [] }: Call): string[] {
  const actions = access === 'push' ? 'pull,push' : 'pull';
  return [`repository:${to.repository}:${actions}`, ...alsoPull.map((name) => `repository:${name}:pull`)];
}

/** Enough of a body to quote from. */
async function textOf(answer: Answer, { method }: Call): Promise<string> {
  if (method === 'HEAD') {
    await answer.body.dump();
    return '';
  }
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of answer.body) {
    const bytes = chunk as Buffer;
    chunks.push(bytes);
    size += bytes.length;
    if (size > 64 * 1024) {
      break;
    }
  }
  return Buffer.concat(chunks).toString();
}
