/** The authorization server: a certified implementation of OAuth 2 and OpenID Connect, set up for azureml-core. */
import { FarledError } from '@farled/contract';
import type { Clock } from '@farled/service';
import type { IdentityRecord, State } from '@farled/state';
import type { JWK } from 'jose';
import { type Configuration, interactionPolicy, type KoaContextWithOIDC, Provider } from 'oidc-provider';

import { AUDIENCE, LIFETIME_SECONDS } from '../access-tokens.ts';
import { DEFAULT_TENANT } from '../caller.ts';
import { isSecretOf } from '../secret-digest.ts';
import { ALGORITHM } from '../signing-keys.ts';
import type { Attempts } from './attempts.ts';
import type { Begun } from './begun.ts';
import { PUBLIC_CLIENT, RESOURCE_SCOPES } from './clients.ts';
import { withExtras } from './extras.ts';
import { loginAdapter } from './login-adapter.ts';
import { answerLogin, ENDED, show } from './login.ts';
import { deviceCodePage, deviceConfirmPage, donePage, errorPage } from './pages/device-pages.ts';
import { accessClaims, identityClaims } from './token-claims.ts';

export interface ProviderParts {
  readonly state: Pick<State, 'identities' | 'logins' | 'fingerprint'>;
  readonly attempts: Attempts;
  readonly begun: Begun;
  readonly clock: Clock;
  /** With their private halves; the first one signs. */
  readonly keys: readonly JWK[];
}

const MINUTE = 60;
const DAY = 24 * 60 * MINUTE;
/** A login that nobody uses for that long has to be made again. */
const LOGIN_DAYS = 90;
const COOKIES = { session: 'farled_session', interaction: 'farled_login', resume: 'farled_login_resume' };
const DEVICE_PAGES = '/oauth2/deviceauth';
const OWN_SCOPES = ['openid', 'profile', 'offline_access'];

/** What makes something that is kept until it is finished. */
const BEGINS: ReadonlySet<string> = new Set(['/oauth2/authorize', '/oauth2/devicecode']);

/** Of the request that is answered; whoever mounts the provider puts it there. */
function tenantOf(ctx: KoaContextWithOIDC | undefined): string {
  return (ctx?.req as { tenantId?: string } | undefined)?.tenantId ?? DEFAULT_TENANT;
}

export function createProvider(issuer: string, parts: ProviderParts): Provider {
  const { identities } = parts.state;
  const provider = new Provider(
    issuer,
    configuration(parts, () => provider),
  );
  // The secret of a client is the digest in the record.
  provider.Client.prototype.compareClientSecret = function compare(given: string) {
    return isSecretOf(this.clientSecret ?? '', given);
  };
  provider.use(async (ctx, next) => {
    if (/^\/login\/[\w-]+$/.test(ctx.path)) {
      await answerLogin(ctx as KoaContextWithOIDC, { provider, identities, attempts: parts.attempts });
      return;
    }
    if (BEGINS.has(ctx.path) && !parts.begun.mayBegin(ctx.ip)) {
      tooMany(ctx as KoaContextWithOIDC);
      return;
    }
    askAlways(ctx as KoaContextWithOIDC);
    await next().catch((error: unknown) => {
      // The library fails where a form is of a page, or the rest of a login of a session, that it does not know.
      if (!ctx.path.startsWith(DEVICE_PAGES) || !(error instanceof TypeError)) {
        throw error;
      }
      show(ctx as KoaContextWithOIDC, errorPage(ENDED), 400);
    });
    withExtras(ctx as KoaContextWithOIDC, tenantOf(ctx as KoaContextWithOIDC));
  });
  return provider;
}

/** Not 429, which MSAL repeats. */
function tooMany(ctx: KoaContextWithOIDC): void {
  const what = 'Too many logins were begun from this address; try again in a quarter of an hour.';
  if (ctx.path === '/oauth2/authorize') {
    show(ctx, errorPage(what), 400);
  } else {
    ctx.status = 400;
    ctx.body = { error: 'temporarily_unavailable', error_description: what };
  }
}

/** Whoever asks for a login means one that lasts, for which the library wants to see that a person was asked. */
function askAlways(ctx: KoaContextWithOIDC): void {
  if (ctx.path === '/oauth2/authorize') {
    ctx.query = { ...ctx.query, prompt: 'consent' };
  }
}

function configuration({ state, clock, keys }: ProviderParts, provider: () => Provider): Configuration {
  const { identities, logins, fingerprint } = state;
  const find = async (id: string): Promise<IdentityRecord> => {
    const found = await identities.find(id);
    if (found === undefined) {
      throw new FarledError('IdentityNotFound', `There is no identity with the id ${id}.`);
    }
    return found;
  };
  return {
    adapter: (kind: string) =>
      loginAdapter(kind, { identities, logins, clock, tenantId: () => tenantOf(Provider.ctx) }),
    clients: [PUBLIC_CLIENT],
    jwks: { keys: keys.map((key) => ({ ...key })) },
    routes: {
      authorization: '/oauth2/authorize',
      token: '/oauth2/token',
      device_authorization: '/oauth2/devicecode',
      code_verification: DEVICE_PAGES,
      jwks: '/discovery/keys',
    },
    scopes: OWN_SCOPES,
    responseTypes: ['code'],
    clientAuthMethods: ['client_secret_post', 'none'],
    clientDefaults: { id_token_signed_response_alg: ALGORITHM },
    enabledJWA: { idTokenSigningAlgValues: [ALGORITHM] },
    claims: { openid: ['sub', 'oid', 'tid'], profile: ['name', 'preferred_username', 'upn'] },
    conformIdTokenClaims: false,
    clientBasedCORS: () => false,
    pkce: { required: () => true },
    cookies: {
      names: COOKIES,
      keys: [fingerprint('cookies of logins')],
      long: { httpOnly: true, sameSite: 'lax', signed: true },
      short: { httpOnly: true, sameSite: 'lax', signed: true },
    },
    ttl: {
      AccessToken: LIFETIME_SECONDS,
      ClientCredentials: LIFETIME_SECONDS,
      IdToken: LIFETIME_SECONDS,
      AuthorizationCode: MINUTE,
      DeviceCode: 15 * MINUTE,
      Interaction: 15 * MINUTE,
      Session: 60 * MINUTE,
      Grant: LOGIN_DAYS * DAY,
      RefreshToken: LOGIN_DAYS * DAY,
    },
    findAccount: async (ctx, id) => {
      const user = await identities.find(id);
      return user?.kind === 'user'
        ? { accountId: id, claims: () => Promise.resolve(identityClaims(user, tenantOf(ctx))) }
        : undefined;
    },
    loadExistingGrant: async (ctx) => {
      const { client, account, result } = ctx.oidc;
      if (result?.consent === undefined || client === undefined || account === undefined) {
        return undefined;
      }
      const { Grant } = provider();
      const grant = new Grant({ accountId: account.accountId, clientId: client.clientId });
      grant.addOIDCScope(OWN_SCOPES.join(' '));
      grant.addResourceScope(AUDIENCE, RESOURCE_SCOPES.join(' '));
      await grant.save();
      return grant;
    },
    expiresWithSession: () => false,
    issueRefreshToken: (_ctx, client) => client.grantTypeAllowed('refresh_token'),
    // Processes share one login: a token that one of them had replaced would end it for all.
    rotateRefreshToken: false,
    interactions: { policy: policy(), url: (ctx, { uid }) => `${mountOf(ctx)}/login/${uid}` },
    formats: {
      customizers: {
        jwt: async (ctx, token, jwt) => {
          const id = token.kind === 'ClientCredentials' ? token.clientId : (token as { accountId?: string }).accountId;
          const { iat, exp } = jwt.payload as { iat?: number; exp?: number };
          jwt.payload = accessClaims(await find(id ?? ''), tenantOf(ctx), { iat, exp });
        },
      },
    },
    features: features(),
    renderError: (ctx, out) => show(ctx, errorPage(out.error_description ?? out.error), ctx.status),
  };
}

/** A browser that was logged in once does not let others in without being asked. */
function policy(): NonNullable<NonNullable<Configuration['interactions']>['policy']> {
  const base = interactionPolicy.base();
  base
    .get('login')
    ?.checks.add(
      new interactionPolicy.Check(
        'asked_always',
        'The person has to log in.',
        (ctx) => ctx.oidc.result?.login === undefined,
      ),
    );
  return base;
}

function features(): NonNullable<Configuration['features']> {
  return {
    devInteractions: { enabled: false },
    userinfo: { enabled: false },
    rpInitiatedLogout: { enabled: false },
    clientCredentials: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => AUDIENCE,
      useGrantedResource: () => true,
      getResourceServerInfo: () => ({
        scope: RESOURCE_SCOPES.join(' '),
        audience: AUDIENCE,
        accessTokenFormat: 'jwt',
        accessTokenTTL: LIFETIME_SECONDS,
        jwt: { sign: { alg: ALGORITHM } },
      }),
    },
    deviceFlow: {
      enabled: true,
      charset: 'base-20',
      mask: '****-****',
      deviceInfo: (ctx) => ({ ip: ctx.ip }),
      userCodeInputSource: (ctx, _form, out, error) => {
        const given = (error as { userCode?: string } | undefined)?.userCode ?? '';
        const fault = out === undefined && error === undefined ? {} : { fault: deviceFault(error) };
        show(ctx, deviceCodePage({ ...formOf(ctx), code: given, ...fault }), ctx.status === 404 ? 200 : ctx.status);
      },
      userCodeConfirmSource: (ctx, _form, client, device, code) => {
        const address = (device as { ip?: string }).ip ?? 'an unknown address';
        show(ctx, deviceConfirmPage({ ...formOf(ctx), code, program: client.clientName ?? client.clientId, address }));
      },
      successSource: (ctx) => show(ctx, donePage()),
    },
  };
}

function formOf(ctx: KoaContextWithOIDC): { action: string; token: string } {
  const { secret } = (ctx.oidc.session?.state ?? {}) as { secret?: string };
  return { action: ctx.oidc.urlFor('code_verification'), token: secret ?? '' };
}

const DEVICE_FAULTS: Readonly<Record<string, string>> = {
  NoCodeError: 'Enter the code that the program shows.',
  NotFoundError: 'There is no such code. Look at it again in the program.',
  ExpiredError: 'The code is too old. Start the login anew in the program.',
  AlreadyUsedError: 'The code was used already. Start the login anew in the program.',
  AbortedError: 'The login was stopped. The program is told so.',
};

function deviceFault(error: Error | undefined): string {
  return DEVICE_FAULTS[error?.name ?? ''] ?? 'The page had been open for too long. Enter the code again.';
}

function mountOf(ctx: KoaContextWithOIDC): string {
  return (ctx.req as { baseUrl?: string }).baseUrl ?? '';
}
