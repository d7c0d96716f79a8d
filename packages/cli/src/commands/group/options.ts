import type { ResourceGroup } from '@farled/contract';

import type { Column } from '../../command.ts';
import { required, text } from '../../parse/options.ts';

export const GROUP_OPTIONS = {
  name: required(text('-n --name', 'NAME', 'Name of the resource group.')),
  subscriptionId: text('--subscription-id', 'ID', 'Subscription; all zeros when nothing else is said.'),
} as const;

export const GROUP_COLUMNS: readonly Column<ResourceGroup>[] = [
  ['Name', ({ name }) => name],
  ['Subscription', ({ subscriptionId }) => subscriptionId],
  ['Location', ({ location }) => location],
  ['Created', ({ createdTime }) => createdTime],
];
