/** Gets a token as a script would, and tries it. */
import { ask, type Reply } from '../ask.ts';
import { SERVICE_PRINCIPAL } from '../identity.ts';
import type { Place } from '../place.ts';
import type { Given } from '../proxies.ts';
import type { TokenFacts } from './facts.ts';

const RESOURCE = 'https://management.core.windows.net/';
const FORM = { 'content-type': 'application/x-www-form-urlencoded', metadata: 'true' };

export interface TriedToken {
  readonly facts: TokenFacts;
  /** For further questions; null when there is none. */
  readonly token: string | null;
}

export async function tryToken(place: Place, given: Given, signal: AbortSignal): Promise<TriedToken> {
  const identity = identityOf(given);
  if (identity === 'login') {
    return { facts: { identity, issued: null, accepted: null }, token: null };
  }
  try {
    const reply = await (identity === 'msi' ? askMachine(place, given, signal) : askAuthority(place, given, signal));
    const { access_token: token, error_description: why } = fieldsOf(reply);
    const issued = { status: reply.status, message: why ?? '' };
    if (reply.status !== 200 || token === undefined) {
      return { facts: { identity, issued, accepted: null }, token: null };
    }
    const tried = await askWith(place, token, '/subscriptions?api-version=2022-12-01', signal);
    return { facts: { identity, issued, accepted: tried.status }, token: tried.status === 200 ? token : null };
  } catch (error) {
    signal.throwIfAborted();
    return {
      facts: { identity, issued: { status: 0, message: (error as Error).message }, accepted: null },
      token: null,
    };
  }
}

/** A question with a token, as azureml-core sends it. */
export function askWith(place: Place, token: string, path: string, signal: AbortSignal): Promise<Reply> {
  return ask(place, `${place.url}${path}`, { headers: { authorization: `Bearer ${token}` }, signal });
}

/** In the order of the client. */
function identityOf(given: Given): TokenFacts['identity'] {
  if (given['MSI_ENDPOINT'] !== undefined) {
    return 'msi';
  }
  return given[SERVICE_PRINCIPAL.id] !== undefined && given[SERVICE_PRINCIPAL.password] !== undefined
    ? 'service-principal'
    : 'login';
}

function askMachine(place: Place, given: Given, signal: AbortSignal): Promise<Reply> {
  const body = new URLSearchParams({ resource: RESOURCE }).toString();
  return ask(place, given['MSI_ENDPOINT'] ?? '', { method: 'POST', headers: FORM, body, signal });
}

async function askAuthority(place: Place, given: Given, signal: AbortSignal): Promise<Reply> {
  const tenant = encodeURIComponent(given[SERVICE_PRINCIPAL.tenant] ?? 'x');
  const known = await ask(place, `${place.url}/adfs/${tenant}/.well-known/openid-configuration`, { signal });
  const endpoint = fieldsOf(known)['token_endpoint'];
  if (endpoint === undefined) {
    return known;
  }
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: given[SERVICE_PRINCIPAL.id] ?? '',
    client_secret: given[SERVICE_PRINCIPAL.password] ?? '',
    scope: `${RESOURCE}/.default`,
  }).toString();
  return ask(place, endpoint, { method: 'POST', headers: FORM, body, signal });
}

function fieldsOf({ body }: Reply): Readonly<Record<string, string | undefined>> {
  try {
    const fields = JSON.parse(body) as unknown;
    return typeof fields === 'object' && fields !== null ? (fields as Record<string, string>) : {};
  } catch {
    return {};
  }
}
