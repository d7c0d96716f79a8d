import { ROLES, routes } from '@farled/contract';

import { command } from '../../command.ts';
import { choice, required, text } from '../../parse/options.ts';
import { PASSWORD_OPTIONS, readPassword, SCOPE } from './options.ts';
import { secretResult } from './secret-text.ts';

const KINDS = ['service-principal', 'user'] as const;

export const createIdentity = command({
  path: ['identity', 'create'],
  summary: 'Create a service principal or a user; its secret is shown this once.',
  examples: [
    [
      'Let a pipeline deploy to one workspace; what is printed sets the variables that azureml-core reads',
      'farled identity create -n pipeline --role Contributor --scope /subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/shipping/providers/Microsoft.MachineLearningServices/workspaces/harbour',
    ],
    ['Let a person log in and look at everything', 'farled identity create -n ada --kind user --role Reader'],
  ],
  options: {
    name: required(text('-n --name', 'NAME', 'Name; people log in by it.')),
    kind: choice('--kind', KINDS, 'For a program or for a person; service-principal by default.'),
    role: choice('--role', ROLES, 'A role that it gets at once.'),
    scope: SCOPE,
    ...PASSWORD_OPTIONS,
  },
  async run({ name, kind, role, scope, ...given }, parts) {
    const password = await readPassword(given, parts);
    const created = await parts.client.call(routes.identities.create, {
      body: { name, kind: kind === 'user' ? 'user' : 'servicePrincipal', role, scope, password },
      signal: parts.signal,
    });
    return secretResult(created);
  },
});
