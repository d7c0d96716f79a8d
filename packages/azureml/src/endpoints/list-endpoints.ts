import { type Endpoint, routes, type WorkspaceReference } from '@farled/contract';

import type { CompatibleParts } from '../parts.ts';
import type { serviceFilter } from '../services/service-filter.ts';
import { describeEndpoints } from './describe-endpoints.ts';

type Filter = NonNullable<ReturnType<typeof serviceFilter>>;

/** All endpoints that the filter lets pass: there are few, so they are one page. */
export async function listEndpoints(
  parts: Pick<CompatibleParts, 'api' | 'state'>,
  workspace: WorkspaceReference,
  filter: Filter,
  signal: AbortSignal,
) {
  const { computeType, modelName, modelId, tag, property } = filter;
  if (computeType !== undefined && computeType.toUpperCase() !== 'AKSENDPOINT') {
    return [];
  }
  const found: Endpoint[] = [];
  let skipToken: string | undefined;
  do {
    const query = { tag, property, skipToken };
    const page = await parts.api.call(routes.endpoints.list, { params: workspace, query, body: undefined }, { signal });
    found.push(...page.value);
    skipToken = page.skipToken;
  } while (skipToken !== undefined);
  const uses = (model: string): boolean =>
    (modelId === undefined || model === modelId) && (modelName === undefined || model.startsWith(`${modelName}:`));
  const isMeant = ({ versions }: Endpoint): boolean =>
    (modelId === undefined && modelName === undefined) || versions.some(({ models }) => models.some(uses));
  return describeEndpoints(parts, workspace, found.filter(isMeant));
}
