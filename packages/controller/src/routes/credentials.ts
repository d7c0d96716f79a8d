/** What the router lets in, while a service is what it is and while it becomes another one. */
import { createHash } from 'node:crypto';

import {
  SERVICE_TOKENS,
  type ServiceRoute,
  type ServiceSettings,
  type TokenCheck,
  type TokenKey,
} from '@farled/contract';
import type { EndpointRecord, ServiceRecord, Stores } from '@farled/state';

import type { Goal, Pass } from '../service/deployer.ts';

/** Public halves of the keys that tokens of services are signed with. */
export interface TokenKeys {
  published(): Promise<{ readonly keys: readonly TokenKey[] }>;
}

export interface CredentialsParts {
  readonly state: Pick<Stores, 'keys' | 'endpoints'>;
  readonly tokenKeys: TokenKeys;
}

export type RouteCredentials = Pick<ServiceRoute, 'keyDigests' | 'tokens'>;

export type CredentialKinds =
  | { readonly kind: 'open' }
  | { readonly kind: 'closed'; readonly keys: boolean; readonly tokens: boolean };

type Authentication = Pick<ServiceSettings, 'authEnabled' | 'tokenAuthEnabled'>;

export interface AppliedSettings {
  /** Of what is brought about. */
  readonly applied: Authentication;
  /** Of what served before, while its successor is not there in full: it may yet be all that there is. */
  readonly former?: Authentication | undefined;
  /** Of what is being prepared: who has its credentials already is let in. */
  readonly next?: Authentication | undefined;
}

/** Pure. */
export function credentialKinds({ applied, former, next }: AppliedSettings): CredentialKinds {
  const serving = former === undefined ? [applied] : [applied, former];
  if (serving.some(isOpen)) {
    return { kind: 'open' };
  }
  const all = next === undefined ? serving : [...serving, next];
  return {
    kind: 'closed',
    keys: all.some(({ authEnabled }) => authEnabled),
    tokens: all.some(({ tokenAuthEnabled }) => tokenAuthEnabled),
  };
}

/** Of the spec that is wanted and does not run yet; undefined when it failed, or is the one that runs. Pure. */
export function nextSettings({ spec, generation, lastGood, status }: ServiceRecord): Authentication | undefined {
  const hasFailed = status.state === 'Failed' && status.observedGeneration === generation;
  return hasFailed || lastGood === null || lastGood.generation === generation ? undefined : spec.settings;
}

/** Those of a step towards the goal. What served before is forgotten when the goal is reached. Pure. */
export function goalCredentials(
  { service, operation }: Pass,
  { generation, spec, onTrial }: Goal,
  complete: boolean,
): CredentialKinds {
  const isBefore = operation !== null && generation !== service.generation;
  return credentialKinds({
    applied: spec.settings,
    former: onTrial && !complete ? service.lastGood?.spec.settings : undefined,
    next: isBefore ? nextSettings(service) : undefined,
  });
}

/** A version lets in whom its endpoint does. */
export async function routeCredentials(
  { state, tokenKeys }: CredentialsParts,
  service: ServiceRecord,
  kinds: CredentialKinds,
): Promise<RouteCredentials> {
  const { version } = service;
  if (version !== null) {
    const endpoint = await state.endpoints.byId(version.endpointId);
    // One that is gone lets nobody in.
    return endpoint === undefined
      ? { keyDigests: [], tokens: null }
      : endpointCredentials({ state, tokenKeys }, endpoint);
  }
  if (kinds.kind === 'open') {
    return { keyDigests: null, tokens: null };
  }
  const { primaryKey, secondaryKey } = await state.keys.get(service.id);
  return {
    // A router that knows no tokens lets nobody in, which is better than everybody.
    keyDigests: kinds.keys ? [digest(primaryKey), digest(secondaryKey)] : [],
    tokens: kinds.tokens ? await tokenCheck(tokenKeys, service) : null,
  };
}

/** They change at once, with all versions: there is no moment between two kinds. */
export async function endpointCredentials(
  { state, tokenKeys }: CredentialsParts,
  endpoint: EndpointRecord,
): Promise<RouteCredentials> {
  const { id, authEnabled, tokenAuthEnabled } = endpoint;
  if (isOpen(endpoint)) {
    return { keyDigests: null, tokens: null };
  }
  const keys = authEnabled ? await state.endpoints.keys(id) : undefined;
  return {
    keyDigests: keys === undefined ? [] : [digest(keys.primaryKey), digest(keys.secondaryKey)],
    tokens: tokenAuthEnabled ? await tokenCheck(tokenKeys, endpoint) : null,
  };
}

async function tokenCheck(
  tokenKeys: TokenKeys,
  { id, tokensNotBefore }: Pick<ServiceRecord, 'id' | 'tokensNotBefore'>,
): Promise<TokenCheck> {
  const { keys } = await tokenKeys.published();
  return { issuer: SERVICE_TOKENS.issuer, audience: id, notBefore: tokensNotBefore, keys: [...keys] };
}

function isOpen({ authEnabled, tokenAuthEnabled }: Authentication): boolean {
  return !authEnabled && !tokenAuthEnabled;
}

function digest(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}
