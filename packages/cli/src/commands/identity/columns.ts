import type { Identity } from '@farled/contract';

import type { Column } from '../../command.ts';

export const IDENTITY_COLUMNS: readonly Column<Identity>[] = [
  ['Name', ({ name }) => name],
  ['Kind', ({ kind }) => kind],
  ['ClientId', ({ id }) => id],
  ['Roles', ({ roles }) => roles.map(({ role, scope }) => `${role} in ${scope}`).join(', ')],
];
