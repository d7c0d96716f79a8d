import { type RouteArguments, routes } from '@farled/contract';
import type { RequestContext } from '@farled/server';

import type { CompatibleParts } from '../parts.ts';

/** The last lines of each version, after a line that names it: a client can't say which it means. */
export async function endpointLogs(
  api: CompatibleParts['api'],
  at: RouteArguments<typeof routes.endpoints.get>,
  lines: number,
  context: RequestContext,
): Promise<string> {
  const { versions } = await api.call(routes.endpoints.get, at, context);
  const parts = await Promise.all(
    versions.map(async ({ name }) => {
      const input = { params: { ...at.params, version: name }, query: { lines }, body: undefined };
      const read = await api.call(routes.endpoints.versionLogs, input, context);
      return [`Version ${name}:`, ...read.lines];
    }),
  );
  return parts.flatMap((part) => part.map((line) => `${line}\n`)).join('');
}
