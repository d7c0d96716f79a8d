import type { Workspace } from '@farled/contract';

import type { Column } from '../../command.ts';

export const WORKSPACE_COLUMNS: readonly Column<Workspace>[] = [
  ['Name', ({ name }) => name],
  ['ResourceGroup', ({ resourceGroup }) => resourceGroup],
  ['Subscription', ({ subscriptionId }) => subscriptionId],
  ['Location', ({ location }) => location],
  ['Created', ({ createdTime }) => createdTime],
];
