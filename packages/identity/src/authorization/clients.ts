/** The programs that log people in, and the service principals, as the authorization server knows clients. */
import type { IdentityRecord } from '@farled/state';
import type { ClientMetadata } from 'oidc-provider';

import { AUDIENCE } from '../access-tokens.ts';

/** Azure's command line, as which azureml-core logs people in. It has no secret. */
const PUBLIC_CLIENT_ID = '04b07795-8ddb-461a-bbee-02f9e1bf7b46';
const PUBLIC_CLIENT_NAME = 'Azure Machine Learning';

export const DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code';

/** Whatever resource a client names, it is this API; clients put `/.default` behind, with or without a slash between. */
export const RESOURCE_SCOPES = [
  AUDIENCE,
  'https://management.core.windows.net',
  'https://management.azure.com/',
  'https://management.azure.com',
].flatMap((resource) => [`${resource}/.default`, `${resource}/user_impersonation`]);

/** Of a native program: the port of a loopback address does not matter. */
export const PUBLIC_CLIENT: ClientMetadata = {
  client_id: PUBLIC_CLIENT_ID,
  client_name: PUBLIC_CLIENT_NAME,
  application_type: 'native',
  token_endpoint_auth_method: 'none',
  redirect_uris: ['http://localhost', 'http://localhost/'],
  response_types: ['code'],
  grant_types: ['authorization_code', 'refresh_token', DEVICE_CODE],
};

/** Its secret is the digest of what it proves itself with; see `compareClientSecret`. */
export function toClient({ id, name, secretDigest }: IdentityRecord): ClientMetadata {
  return {
    client_id: id,
    client_name: name,
    client_secret: secretDigest,
    token_endpoint_auth_method: 'client_secret_post',
    redirect_uris: [],
    response_types: [],
    grant_types: ['client_credentials'],
  };
}
