import type { RouteOutput, routes } from '@farled/contract';

import type { Result } from '../../command.ts';

type Created = RouteOutput<typeof routes.identities.create>;

/** What a person needs to use an identity; lines that a shell can read, for a service principal. */
export function secretResult(identity: Created): Result {
  const { id, tenantId, name, kind, roles, secret } = identity;
  const may =
    roles.length === 0
      ? 'has no role yet: farled identity grant gives it one'
      : `is ${roles.map(({ role, scope }) => `${role} in ${scope}`).join(', ')}`;
  const lines =
    kind === 'servicePrincipal'
      ? [
          `# ${name} ${may}. The secret is shown this once.`,
          `export AZUREML_SERVICE_PRINCIPAL_TENANT_ID=${tenantId}`,
          `export AZUREML_SERVICE_PRINCIPAL_ID=${id}`,
          `export AZUREML_SERVICE_PRINCIPAL_PASSWORD=${secret ?? ''}`,
        ]
      : [
          `${name} ${may}, and logs in by this name.`,
          secret === null ? 'The password is the one that was given.' : `Password, shown this once: ${secret}`,
        ];
  return { value: { ...identity, clientId: id }, text: lines.join('\n'), prefer: 'text' };
}
