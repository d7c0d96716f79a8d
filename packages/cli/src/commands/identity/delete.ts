import { FarledError, routes } from '@farled/contract';

import { command } from '../../command.ts';
import { flag } from '../../parse/options.ts';
import { IDENTITY_NAME } from './options.ts';

export const deleteIdentity = command({
  path: ['identity', 'delete'],
  summary: 'Delete an identity; its tokens stop working at once.',
  examples: [['Delete a service principal without being asked', 'farled identity delete -n pipeline -y']],
  options: { name: IDENTITY_NAME, yes: flag('-y --yes', 'Do not ask.') },
  async run({ name, yes }, { client, confirm, signal }) {
    if (!yes && !(await confirm(`Delete the identity "${name}"?`))) {
      throw new FarledError('BadArgument', `The identity "${name}" was not deleted.`);
    }
    await client.call(routes.identities.delete, { params: { identity: name }, signal });
    return undefined;
  },
});
