/** What routers are told of an endpoint. Pure. */
import { defaultNow, type EndpointRoute } from '@farled/contract';
import type { EndpointRecord, ServiceRecord } from '@farled/state';

import type { RouteCredentials } from '../routes/credentials.ts';

/**
 * Versions that were never healthy get nothing, whatever their percentage: it holds from when they are. An endpoint
 * that never had a healthy version has its default one in the route, so that early requests hear that it starts.
 */
export function endpointRoute(
  { name, workspace, sharing }: EndpointRecord,
  services: readonly ServiceRecord[],
  credentials: RouteCredentials,
): EndpointRoute {
  const { traffic, stickyHeader, mirror } = sharing;
  const present = new Map(
    services.flatMap((service) =>
      service.version === null || service.deleting ? [] : [[service.version.name, service]],
    ),
  );
  const ready = (version: string): boolean => (present.get(version)?.lastGood ?? null) !== null;
  const defaultVersion = defaultNow(traffic, ready);
  return {
    name,
    workspace: workspace.workspace,
    ...credentials,
    versions: traffic.versions.flatMap((version) => {
      const service = present.get(version.name);
      return service === undefined || !(ready(version.name) || version.name === defaultVersion)
        ? []
        : [{ name: version.name, service: service.name, trafficPercentile: version.trafficPercentile }];
    }),
    defaultVersion,
    stickyHeader,
    mirror: mirror === null || !ready(mirror.version) ? null : mirror,
  };
}
