/** Who calls: tokens, identities and what they may do. */
export { openAuthorizationServer } from './authorization/authorization-server.ts';
export type { AuthorizationServer } from './authorization/authorization-server.ts';
export { AUDIENCE, accessTokens, LIFETIME_SECONDS } from './access-tokens.ts';
export type { AccessTokens, IssuedToken } from './access-tokens.ts';
export { DEFAULT_TENANT, OWNER, OWNER_ID } from './caller.ts';
export type { AdmittedCaller, Caller, Callers } from './caller.ts';
export { openCallers } from './callers.ts';
export { digestPassword, digestSecret, isSecretOf, makeSecret } from './secret-digest.ts';
export { serviceTokens } from './service-tokens.ts';
export type { ServiceTokens } from './service-tokens.ts';
export { openSigningKeys } from './signing-keys.ts';
export type { SigningKeys } from './signing-keys.ts';
