/** An endpoint as its readers see it: what is recorded of it, and what follows from its versions. */
import {
  effectivePercentiles,
  type Endpoint,
  type EndpointVersion,
  type Rollout,
  type ServiceState,
} from '@farled/contract';
import type { ComputeRecord, EndpointRecord, RolloutRecord, ServiceRecord } from '@farled/state';

import type { AppParts } from './parts.ts';
import { toService } from './service-resource.ts';

/** `computes` has the one of the endpoint, and perhaps others; `services` are its versions. */
export function toEndpoint(
  endpoint: EndpointRecord,
  services: readonly ServiceRecord[],
  computes: readonly ComputeRecord[],
  parts: AppParts,
): Endpoint {
  const { traffic, stickyHeader, mirror } = endpoint.sharing;
  const shown = new Map(services.map((service) => [service.version?.name, service]));
  const ready = (name: string): boolean => (shown.get(name)?.lastGood ?? null) !== null;
  const effective = effectivePercentiles(traffic, ready);
  const versions = traffic.versions.flatMap(({ name, trafficPercentile }): EndpointVersion[] => {
    const service = shown.get(name);
    if (service === undefined) {
      return [];
    }
    const { computeName: _, computeType: __, settings, ...fields } = toService(service, computes, parts);
    const { authEnabled, tokenAuthEnabled } = endpoint;
    return [
      {
        ...fields,
        name,
        settings: { ...settings, authEnabled, tokenAuthEnabled },
        trafficPercentile,
        effectivePercentile: effective.get(name) ?? 0,
        isDefault: name === traffic.defaultVersion,
        type: name === traffic.controlVersion ? 'Control' : 'Treatment',
      },
    ];
  });
  const [any] = services;
  const place = any === undefined ? { scoringUri: '', swaggerUri: '' } : addressOf(endpoint, any, computes, parts);
  return {
    id: endpoint.id,
    name: endpoint.name,
    description: endpoint.description,
    tags: { ...endpoint.tags },
    properties: { ...endpoint.properties },
    computeName: endpoint.computeName,
    computeType: 'AKSENDPOINT',
    ...endpointState(endpoint, versions),
    ...place,
    authEnabled: endpoint.authEnabled,
    tokenAuthEnabled: endpoint.tokenAuthEnabled,
    defaultVersion: traffic.defaultVersion,
    controlVersion: traffic.controlVersion,
    stickyHeader,
    mirror,
    rollout: endpoint.rollout === null ? null : shownRollout(endpoint.rollout),
    versions,
    operationId: endpoint.operationId,
    createdTime: endpoint.createdTime,
    updatedTime: endpoint.updatedTime,
  };
}

/** Without what was observed, which is for who judges it. */
function shownRollout(rollout: RolloutRecord): Rollout {
  const { observation: _, ...shown } = rollout;
  return shown;
}

/** From bad to good. A version that is being changed makes its endpoint one that is. */
const ORDER: readonly ServiceState[] = ['Failed', 'Unhealthy', 'Unschedulable', 'Healthy'];

type Told = Pick<EndpointVersion, 'state' | 'error' | 'trafficPercentile' | 'isDefault'>;

/** Of versions that are to get requests, the worst; Transitioning while any is being changed. Pure. */
export function endpointState(
  { deleting }: Pick<EndpointRecord, 'deleting'>,
  versions: readonly Told[],
): Pick<Endpoint, 'state' | 'error'> {
  if (deleting || versions.some(({ state }) => state === 'Transitioning')) {
    return { state: 'Transitioning', error: null };
  }
  const [worst] = versions
    .filter(({ isDefault, trafficPercentile }) => isDefault || trafficPercentile > 0)
    .toSorted((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state));
  return worst === undefined ? { state: 'Transitioning', error: null } : { state: worst.state, error: worst.error };
}

function addressOf(
  { name, computeName }: EndpointRecord,
  service: ServiceRecord,
  computes: readonly ComputeRecord[],
  parts: AppParts,
): Pick<Endpoint, 'scoringUri' | 'swaggerUri'> {
  const { scoringUri, swaggerUri } = toService(
    { ...service, name, spec: { ...service.spec, computeName } },
    computes,
    parts,
  );
  return { scoringUri, swaggerUri };
}
