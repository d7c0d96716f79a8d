/** How an identity, a role and where it holds are named; and a password, which no command line shows. */
import { FarledError, ROLES } from '@farled/contract';

import type { Parts, ValuesOf } from '../../command.ts';
import { choice, flag, required, text } from '../../parse/options.ts';

export const IDENTITY_NAME = required(text('-n --name', 'NAME', 'Name of the identity, or its client id.'));

export const SCOPE = text(
  '--scope',
  'SCOPE',
  'Where the role holds: a resource id of a subscription, a resource group or a workspace; / is everything, and is the default.',
);

export const ROLE_OPTIONS = {
  name: IDENTITY_NAME,
  role: required(choice('--role', ROLES, 'The role.')),
  scope: SCOPE,
} as const;

export const PASSWORD_OPTIONS = {
  askPassword: flag('--ask-password', 'Of a user: ask for the password; one is made when nothing is said.'),
  passwordStdin: flag('--password-stdin', 'Of a user: read the password from the standard input.'),
} as const;

/** Undefined when one is to be made. */
export async function readPassword(
  { askPassword, passwordStdin }: ValuesOf<typeof PASSWORD_OPTIONS>,
  { readInput, askSecret }: Pick<Parts, 'readInput' | 'askSecret'>,
): Promise<string | undefined> {
  if (askPassword && passwordStdin) {
    throw new FarledError('BadArgument', 'The password can be asked for or read, not both.', {
      suggestion: 'Give --ask-password or --password-stdin.',
    });
  }
  if (passwordStdin) {
    return (await readInput()).replace(/\r?\n$/, '');
  }
  return askPassword ? askSecret('Password') : undefined;
}
