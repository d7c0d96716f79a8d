/** What services and endpoints have alike: keys and tokens that let clients score. */
import type { ServiceKeys, ServiceToken } from '@farled/contract';

interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

/** Lets its bearer score with one service. */
export interface AccessToken {
  readonly accessToken: string;
  readonly tokenType: 'Bearer';
  /** From then on a new one should be taken. */
  readonly refreshAfter: Date;
  readonly expiryOn: Date;
}

/** The routes of one service or endpoint. */
export interface CredentialCalls {
  listKeys(signal: AbortSignal | undefined): Promise<ServiceKeys>;
  regenerateKey(
    body: { readonly keyType: 'Primary' | 'Secondary'; readonly keyValue?: string | undefined },
    signal: AbortSignal | undefined,
  ): Promise<ServiceKeys>;
  getToken(signal: AbortSignal | undefined): Promise<ServiceToken>;
  revokeTokens(signal: AbortSignal | undefined): Promise<unknown>;
}

export abstract class Credentialed {
  protected abstract readonly credentialCalls: CredentialCalls;

  async getKeys({ signal }: CallOptions = {}): Promise<readonly [primary: string, secondary: string]> {
    return both(await this.credentialCalls.listKeys(signal));
  }

  /** Replaces one key, by a random value or by `setKey`. */
  async regenKey(
    key: 'Primary' | 'Secondary',
    { setKey, signal }: { setKey?: string | undefined } & CallOptions = {},
  ): Promise<readonly [primary: string, secondary: string]> {
    return both(await this.credentialCalls.regenerateKey({ keyType: key, keyValue: setKey }, signal));
  }

  /** A token, and when to take a new one. */
  async getToken(options: CallOptions = {}): Promise<readonly [token: string, refreshAfter: Date]> {
    const { accessToken, refreshAfter } = await this.getAccessToken(options);
    return [accessToken, refreshAfter];
  }

  /** A token of a service, or an endpoint, with token authentication. */
  async getAccessToken({ signal }: CallOptions = {}): Promise<AccessToken> {
    const issued = await this.credentialCalls.getToken(signal);
    return {
      ...issued,
      refreshAfter: new Date(issued.refreshAfter * 1000),
      expiryOn: new Date(issued.expiryOn * 1000),
    };
  }

  /** Has every token refused that was issued until now. */
  async revokeTokens({ signal }: CallOptions = {}): Promise<void> {
    await this.credentialCalls.revokeTokens(signal);
  }
}

function both({ primaryKey, secondaryKey }: ServiceKeys): readonly [primary: string, secondary: string] {
  return [primaryKey, secondaryKey];
}
