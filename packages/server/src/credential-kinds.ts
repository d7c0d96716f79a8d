/** Which kinds of credentials a service is scored with, as far as the record says. Pure. */
import { FarledError } from '@farled/contract';
import type { ServiceRecord } from '@farled/state';

interface CredentialKinds {
  readonly keys: boolean;
  readonly tokens: boolean;
}

/** While a change is under way, those of before and those of after; after a failed one those of before. */
function credentialKinds({ spec, generation, lastGood, status }: ServiceRecord): CredentialKinds {
  const hasFailed = status.state === 'Failed' && status.observedGeneration === generation;
  const before = lastGood === null || lastGood.generation === generation ? [] : [lastGood.spec];
  const specs = hasFailed && before.length > 0 ? before : [spec, ...before];
  return {
    keys: specs.some(({ settings }) => settings.authEnabled),
    tokens: specs.some(({ settings }) => settings.tokenAuthEnabled),
  };
}

/** @throws FarledError AuthenticationKindDiffers for a service that takes tokens and no keys. */
export function requireNoTokenService(service: ServiceRecord): void {
  const { keys, tokens } = credentialKinds(service);
  if (tokens && !keys) {
    throw new FarledError(
      'AuthenticationKindDiffers',
      `Service "${service.name}" uses token authentication: it takes no keys.`,
      {
        suggestion: `Take a token: \`farled service get-access-token -n ${service.name}\`, or getToken.`,
      },
    );
  }
}

/** @throws FarledError AuthenticationKindDiffers for a service that takes no tokens. */
export function requireTokenService(service: ServiceRecord): void {
  const { keys, tokens } = credentialKinds(service);
  if (tokens) {
    return;
  }
  const { name } = service;
  throw keys
    ? new FarledError('AuthenticationKindDiffers', `Service "${name}" uses key authentication: it has no tokens.`, {
        suggestion: `Take a key: \`farled service get-keys -n ${name}\`, or getKeys. Tokens come with an update to tokenAuthEnabled=true and authEnabled=false.`,
      })
    : new FarledError('AuthenticationKindDiffers', `Service "${name}" is open to all: it has no tokens.`, {
        suggestion: 'Send requests without one, or update the service with tokenAuthEnabled=true.',
      });
}
