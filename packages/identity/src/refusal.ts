/** Why a caller may not do what it asked for, and how it could. */
import {
  FarledError,
  grants,
  type Need,
  type RoleAssignment,
  ROLES,
  scopeId,
  type ScopeReference,
} from '@farled/contract';

const DOING: Readonly<Record<Need, string>> = {
  find: 'look for anything',
  read: 'look at anything',
  write: 'change anything',
  score: 'read keys and tokens of services',
  manage: 'say who may do what',
};

export function refusal(
  { name, roles }: { readonly name: string; readonly roles: readonly RoleAssignment[] },
  need: Need,
  at: ScopeReference,
): FarledError {
  const scope = scopeId(at);
  const where = scope === '/' ? '' : ` in ${scope}`;
  const has =
    roles.length === 0 ? 'no role anywhere' : roles.map((held) => `the role ${held.role} in ${held.scope}`).join(', ');
  const enough = ROLES.filter((role) => grants(role, need));
  // The least of those that are enough: roles are listed from the most to the least.
  const least = enough.at(-1) ?? 'Owner';
  return new FarledError(
    'Forbidden',
    `"${name}" may not ${DOING[need]}${where}: it has ${has}, and this needs ${enough.join(' or ')}.`,
    { suggestion: `An owner grants it with \`farled identity grant -n ${name} --role ${least} --scope ${scope}\`.` },
  );
}
