/** As whom scripts come that say nothing about it. Pure. */
import { FarledError } from '@farled/contract';

import type { Given } from './proxies.ts';
import type { Variables } from './shell.ts';

export const IDENTITIES = ['msi', 'service-principal', 'login', 'none'] as const;
export type IdentityKind = (typeof IDENTITIES)[number];

export const SERVICE_PRINCIPAL = {
  tenant: 'AZUREML_SERVICE_PRINCIPAL_TENANT_ID',
  id: 'AZUREML_SERVICE_PRINCIPAL_ID',
  password: 'AZUREML_SERVICE_PRINCIPAL_PASSWORD',
} as const;

const MACHINE = 'MSI_ENDPOINT';
/** azureml-core takes any; this one is the only one there is. */
const TENANT = '00000000-0000-0000-0000-000000000000';

export interface IdentityOptions {
  readonly kind: IdentityKind;
  /** Base address of the server. */
  readonly url: string;
  /** What is set already. */
  readonly given: Given;
  readonly clientId: string | undefined;
  readonly password: string | undefined;
}

/** The client asks the machine's identity first, then the service principal, and a person last. */
export function identityVariables({ kind, url, given, clientId, password }: IdentityOptions): Variables {
  switch (kind) {
    case 'msi':
      // By loopback whatever the server's name is: programs on other machines do not get it.
      return { [MACHINE]: `https://localhost:${new URL(url).port || '443'}/msi/token` };
    case 'service-principal': {
      const id = clientId ?? required(given, SERVICE_PRINCIPAL.id, '--client-id');
      return {
        [MACHINE]: null,
        [SERVICE_PRINCIPAL.tenant]: given[SERVICE_PRINCIPAL.tenant] ?? TENANT,
        [SERVICE_PRINCIPAL.id]: id,
        [SERVICE_PRINCIPAL.password]: password ?? required(given, SERVICE_PRINCIPAL.password, '--password-file'),
      };
    }
    case 'login':
      return { [MACHINE]: null, ...Object.fromEntries(Object.values(SERVICE_PRINCIPAL).map((name) => [name, null])) };
    case 'none':
      return {};
    default:
      return kind satisfies never;
  }
}

function required(given: Given, name: string, option: string): string {
  const value = given[name];
  if (value === undefined || value === '') {
    throw new FarledError('BadArgument', `A service principal needs ${option}, or ${name} in the environment.`, {
      suggestion: '`farled identity create` makes one, and prints its id and its password.',
    });
  }
  return value;
}
