/** From a create request to a deployment of the domain. Pure. */
import { FarledError, type routes, type RouteArguments } from '@farled/contract';

import type { CreateRequest } from './wire-request.ts';
import { fromWireSettings } from './wire-settings.ts';

export type Deployment = RouteArguments<typeof routes.services.deploy>['body'];
/** What a service runs, found from what was uploaded. */
export type Code = Pick<Deployment, 'models'> & { readonly inference: NonNullable<Deployment['inference']> };
/** A model without a script: it is served by what is known of its framework. */
export type NoCode = Pick<Deployment, 'models'>;

/** @throws FarledError NotSupportedYet for what would silently be another thing here. */
export function toDeployment(request: CreateRequest, computeName: string, code: Code | NoCode): Deployment {
  refuseOtherTargets(request);
  const { primaryKey, secondaryKey } = request.keys ?? {};
  const settings = fromWireSettings(request);
  return {
    ...code,
    computeName,
    // Container instances ask for no key unless they are told to.
    settings: isContainerInstance(request) ? { authEnabled: false, ...settings } : settings,
    description: request.description ?? '',
    tags: request.kvTags ?? {},
    properties: request.properties ?? {},
    keys: {
      ...(primaryKey === undefined ? {} : { primaryKey }),
      ...(secondaryKey === undefined ? {} : { secondaryKey }),
    },
    overwrite: request.overwrite ?? false,
  };
}

/** @throws FarledError NotSupportedYet. */
export function refuseOtherTargets(request: CreateRequest): void {
  const type = request.computeType?.toUpperCase();
  if (type !== undefined && type !== 'AKS' && type !== 'ACI') {
    throw new FarledError('NotSupportedYet', `Farled has no compute targets of the kind "${request.computeType}".`, {
      suggestion: 'Deploy with AksWebservice.deploy_configuration().',
    });
  }
  const asked = CONTAINER_INSTANCES_ONLY.filter(
    (name) => ![undefined, null, false, ''].includes(request[name] as null),
  );
  if (asked.length > 0) {
    throw new FarledError('NotSupportedYet', `Farled has no container instances with ${asked.join(', ')}.`, {
      suggestion: 'Leave it out, or deploy to a compute target, with AksWebservice.deploy_configuration().',
    });
  }
}

const CONTAINER_INSTANCES_ONLY = [
  'sslEnabled',
  'cname',
  'dnsNameLabel',
  'vnetConfiguration',
  'encryptionProperties',
] as const;

function isContainerInstance({ computeType }: Pick<CreateRequest, 'computeType'>): boolean {
  return computeType?.toUpperCase() === 'ACI';
}

/**
 * The compute target to deploy to: the one that is named, else the only one there is.
 *
 * @param present names of the workspace's compute targets.
 * @throws FarledError BadArgument that says how to name one.
 */
export function chooseCompute(named: string | undefined, present: readonly string[]): string {
  if (named !== undefined && named !== '') {
    return named;
  }
  const [only, ...more] = present;
  if (only === undefined) {
    throw new FarledError('BadArgument', 'This workspace has no compute target to deploy to.', {
      suggestion: 'Make one with ComputeTarget.create() or attach(), and name it with deployment_target.',
    });
  }
  if (more.length > 0) {
    throw new FarledError('BadArgument', 'The request names no compute target, and this workspace has several.', {
      suggestion: `Name one with deployment_target, such as AksCompute(ws, "${only}"): ${present.join(', ')}.`,
    });
  }
  return only;
}
