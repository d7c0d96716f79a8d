import { routes } from '@farled/contract';

import { command } from '../../command.ts';
import { IDENTITY_NAME, PASSWORD_OPTIONS, readPassword } from './options.ts';
import { secretResult } from './secret-text.ts';

export const resetIdentitySecret = command({
  path: ['identity', 'reset-secret'],
  summary: 'Give an identity a new secret; the one before, its tokens and its logins end.',
  examples: [['Replace the secret of a pipeline', 'farled identity reset-secret -n pipeline']],
  options: { name: IDENTITY_NAME, ...PASSWORD_OPTIONS },
  async run({ name, ...given }, parts) {
    const password = await readPassword(given, parts);
    const reset = await parts.client.call(routes.identities.resetSecret, {
      params: { identity: name },
      body: { password },
      signal: parts.signal,
    });
    return secretResult(reset);
  },
});
