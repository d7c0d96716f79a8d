/** Who may score with an endpoint: holders of its keys, of its tokens, or all. Pure. */
import { FarledError } from '@farled/contract';
import type { EndpointRecord } from '@farled/state';

type Authentication = Pick<EndpointRecord, 'authEnabled' | 'tokenAuthEnabled'>;
type Asked = { readonly [Key in keyof Authentication]?: boolean | undefined };

/** Who asks for tokens of a new endpoint and says nothing of keys wants tokens alone. @throws FarledError BadArgument */
export function authenticationOf(asked: Asked, present?: Authentication): Authentication {
  const tokenAuthEnabled = asked.tokenAuthEnabled ?? present?.tokenAuthEnabled ?? false;
  const authEnabled = asked.authEnabled ?? present?.authEnabled ?? !tokenAuthEnabled;
  if (authEnabled && tokenAuthEnabled) {
    throw new FarledError('BadArgument', 'Key and token authentication exclude each other.', {
      suggestion: 'Set authEnabled to false to use tokens, or tokenAuthEnabled to false to use keys.',
    });
  }
  return { authEnabled, tokenAuthEnabled };
}

/** @throws FarledError AuthenticationKindDiffers for an endpoint that takes tokens. */
export function requireNoTokens({ name, tokenAuthEnabled }: EndpointRecord): void {
  if (tokenAuthEnabled) {
    throw new FarledError(
      'AuthenticationKindDiffers',
      `Endpoint "${name}" uses token authentication: it takes no keys.`,
      { suggestion: `Take a token: \`farled endpoint realtime get-access-token -n ${name}\`, or getToken.` },
    );
  }
}

/** @throws FarledError AuthenticationKindDiffers for an endpoint that takes no tokens. */
export function requireTokens({ name, authEnabled, tokenAuthEnabled }: EndpointRecord): void {
  if (tokenAuthEnabled) {
    return;
  }
  throw authEnabled
    ? new FarledError('AuthenticationKindDiffers', `Endpoint "${name}" uses key authentication: it has no tokens.`, {
        suggestion: `Take a key: \`farled endpoint realtime get-keys -n ${name}\`, or getKeys.`,
      })
    : new FarledError('AuthenticationKindDiffers', `Endpoint "${name}" is open to all: it has no tokens.`, {
        suggestion: 'Send requests without one, or update the endpoint with tokenAuthEnabled=true.',
      });
}
