/** From requests of azureml-core to endpoints and versions of the domain. Pure. */
import { FarledError, type RouteArguments, type routes } from '@farled/contract';

import type { Code } from '../services/deployment.ts';
import { fromWireSettings } from '../services/wire-settings.ts';
import type { CreateEndpointRequest, Variant } from './wire-request.ts';

export type EndpointDeployment = RouteArguments<typeof routes.endpoints.create>['body'];
export type VersionDeployment = RouteArguments<typeof routes.endpoints.createVersion>['body'];

/** The version that an endpoint is to begin with. @throws FarledError BadArgument */
export function firstVariant({ versions }: CreateEndpointRequest): readonly [name: string, variant: Variant] {
  const [first, ...more] = Object.entries(versions);
  if (first === undefined || more.length > 0) {
    throw new FarledError(
      'BadArgument',
      `versions has ${more.length + (first ? 1 : 0)} versions: an endpoint begins with one.`,
      {
        suggestion: 'Add the others with create_version.',
      },
    );
  }
  return first;
}

export function toEndpointDeployment(
  request: CreateEndpointRequest,
  computeName: string,
  code: Code,
): EndpointDeployment {
  const [versionName, variant] = firstVariant(request);
  const { authEnabled, tokenAuthEnabled } = { ...fromWireSettings(variant), ...fromWireSettings(request) };
  const { primaryKey, secondaryKey } = request.keys ?? {};
  const { namespace, appInsightsEnabled } = request;
  const version = toVersion({ ...variant, ...said({ namespace, appInsightsEnabled }) }, code);
  return {
    computeName,
    versionName,
    version,
    ...said({ authEnabled, tokenAuthEnabled }),
    keys: said({ primaryKey, secondaryKey }),
    description: request.description ?? '',
    tags: request.kvTags ?? {},
    properties: request.properties ?? {},
    overwrite: request.overwrite ?? false,
  };
}

export function toVersion(variant: Variant, code: Code): VersionDeployment {
  const { authEnabled: _, tokenAuthEnabled: __, ...settings } = fromWireSettings(variant);
  return {
    ...code,
    settings,
    ...toShare(variant),
    description: variant.description ?? '',
    tags: variant.kvTags ?? {},
    properties: variant.properties ?? {},
  };
}

/** What is said of a version's share; the values are checked by the domain. */
export function toShare({
  trafficPercentile,
  isDefault,
  type,
}: Pick<Variant, 'trafficPercentile' | 'isDefault' | 'type'>) {
  return said({ trafficPercentile, isDefault, type }) as Pick<
    VersionDeployment,
    'trafficPercentile' | 'isDefault' | 'type'
  >;
}

function said<Values extends object>(
  values: Values,
): { [Key in keyof Values]?: Exclude<Values[Key], undefined | null> } {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined && value !== null),
  ) as never;
}
