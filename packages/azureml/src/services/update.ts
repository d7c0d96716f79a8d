/** From a JSON Patch to one update of the domain, so that all of it comes about or nothing. Pure. */
import { FarledError, parseOrThrow, type RouteArguments, type routes } from '@farled/contract';
import { z } from 'zod';

import { ImageRequest, Labels, type PatchRequest, Settings } from './wire-request.ts';
import { fromWireSettings } from './wire-settings.ts';

export type Update = RouteArguments<typeof routes.services.update>['body'];

export interface ReadPatch {
  readonly update: Update;
  /** What the service is to run from now on; undefined when it goes on with what it runs. */
  readonly imageRequest: ImageRequest | undefined;
  /** In its place. */
  readonly imageId: string | undefined;
}

/** contract 9.4. */
const SETTINGS = new Set([
  '/authEnabled',
  '/aadAuthEnabled',
  '/appInsightsEnabled',
  '/scoringTimeoutMs',
  '/maxConcurrentRequestsPerContainer',
  '/maxQueueWaitMs',
  '/numReplicas',
  '/namespace',
  '/dataCollection/storageEnabled',
  ...['autoscaleEnabled', 'minReplicas', 'maxReplicas', 'refreshPeriodInSeconds', 'targetUtilization'].map(
    (name) => `/autoScaler/${name}`,
  ),
  ...['cpu', 'cpuLimit', 'memoryInGB', 'memoryInGBLimit', 'gpu'].map(
    (name) => `/containerResourceRequirements/${name}`,
  ),
  ...['periodSeconds', 'initialDelaySeconds', 'timeoutSeconds', 'successThreshold', 'failureThreshold'].map(
    (name) => `/livenessProbeRequirements/${name}`,
  ),
]);
const PROPERTY = '/properties/';

/** @throws FarledError BadArgument, NotSupportedYet: naming the path that can't be changed, or not like that. */
export function readPatch(patch: PatchRequest): ReadPatch {
  const settings: Record<string, unknown> = {};
  const properties: Record<string, unknown> = {};
  const others: Record<string, unknown> = {};
  for (const { op, path, value } of patch) {
    const change = op.toLowerCase();
    if (path === '/versions' || path.startsWith('/versions/')) {
      throw new FarledError('BadArgument', `${path}: a service has no versions.`, {
        suggestion: 'Deploy an endpoint, with AksEndpoint.deploy_configuration().',
      });
    }
    if (change !== 'replace' && change !== 'add') {
      throw new FarledError('BadArgument', `${op} ${path}: an update of a service replaces and adds.`);
    }
    if (SETTINGS.has(path)) {
      set(settings, path.slice(1).split('/'), value);
    } else if (path.startsWith(PROPERTY) && path.length > PROPERTY.length) {
      // azureml-core does not escape keys: whatever follows is one.
      define(properties, path.slice(PROPERTY.length), value);
    } else if (OTHERS.has(path)) {
      define(others, path.slice(1), value);
    } else {
      throw new FarledError('BadArgument', `${path}: an update of a service can't change that.`, {
        suggestion: 'Deploy it again with overwrite=True to replace all of it.',
      });
    }
  }
  return read(settings, properties, others);
}

const OTHERS = new Set(['/environmentImageRequest', '/imageId', '/kvTags', '/description']);

function read(
  settings: Readonly<Record<string, unknown>>,
  properties: Readonly<Record<string, unknown>>,
  { environmentImageRequest, imageId, kvTags, description }: Readonly<Record<string, unknown>>,
): ReadPatch {
  const said = replicasOf(fromWireSettings(parseOrThrow(Settings.partial(), settings, 'The update')));
  const isEmpty = Object.keys(properties).length === 0;
  return {
    update: {
      ...(Object.keys(said).length === 0 ? {} : { settings: said }),
      ...(isEmpty ? {} : { addProperties: parseOrThrow(Labels, properties, 'properties') }),
      ...(kvTags === undefined ? {} : { tags: parseOrThrow(Labels.nullable(), kvTags, 'kvTags') ?? {} }),
      ...(description === undefined ? {} : { description: (description ?? '') as string }),
    },
    imageRequest:
      environmentImageRequest === undefined
        ? undefined
        : parseOrThrow(ImageRequest, environmentImageRequest, 'environmentImageRequest'),
    imageId: parseOrThrow(z.string().optional(), imageId, 'imageId'),
  };
}

/** Who switches scaling on wants no fixed number any more; a fixed number is what switches it off. */
function replicasOf(said: ReturnType<typeof fromWireSettings>): ReturnType<typeof fromWireSettings> {
  return said.autoScaler?.autoscaleEnabled === true && said.numReplicas === undefined
    ? { ...said, numReplicas: null }
    : said;
}

function set(target: Record<string, unknown>, [name = '', member]: readonly string[], value: unknown): void {
  define(target, name, member === undefined ? value : { ...(target[name] as object | undefined), [member]: value });
}

/** A name of a client's may be `__proto__`. */
function define(target: Record<string, unknown>, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });
}
