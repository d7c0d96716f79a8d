import { routes, type Workspace } from '@farled/contract';
import type { RequestContext } from '@farled/server';

import type { CompatibleParts } from '../parts.ts';

interface Narrowed {
  readonly subscriptionId?: string | undefined;
  readonly resourceGroup?: string | undefined;
}

/** Of all pages, those that the caller may find. */
export async function allWorkspaces(
  { api }: Pick<CompatibleParts, 'api'>,
  narrowed: Narrowed,
  context: RequestContext,
): Promise<readonly Workspace[]> {
  const all: Workspace[] = [];
  let skipToken: string | undefined;
  do {
    const query = { ...narrowed, count: 1000, skipToken };
    const page = await api.call(routes.workspaces.list, { params: undefined, query, body: undefined }, context);
    all.push(...page.value);
    skipToken = page.skipToken;
  } while (skipToken !== undefined);
  return all;
}
