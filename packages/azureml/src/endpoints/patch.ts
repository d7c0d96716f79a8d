/** From a JSON Patch to the one change of an endpoint that it means, so that all of it comes about or nothing. Pure. */
import { FarledError, parseOrThrow } from '@farled/contract';

import { type ReadPatch, readPatch } from '../services/update.ts';
import type { PatchRequest } from '../services/wire-request.ts';
import { Variant } from './wire-request.ts';

type Share = Pick<Variant, 'trafficPercentile' | 'isDefault' | 'type'>;

export type EndpointPatch =
  | { readonly kind: 'create'; readonly version: string; readonly variant: Variant }
  | { readonly kind: 'delete'; readonly version: string }
  | { readonly kind: 'version'; readonly version: string; readonly share: Share; readonly change: ReadPatch }
  /** Of how requests are shared, of several versions at once, and of the endpoint itself. */
  | { readonly kind: 'endpoint'; readonly shares: Readonly<Record<string, Share>>; readonly change: ReadPatch };

const SHARE: ReadonlySet<string> = new Set(['trafficPercentile', 'isDefault', 'type']);
const VERSION = /^\/versions\/([^/]+)(?:\/(.+))?$/;

/** @throws FarledError BadArgument for what is no change of an endpoint, or more than one. */
export function readEndpointPatch(patch: PatchRequest): EndpointPatch {
  const whole: EndpointPatch[] = [];
  const shares = new Map<string, Record<string, unknown>>();
  const ofVersions = new Map<string, PatchRequest>();
  const ofEndpoint: PatchRequest = [];
  for (const entry of patch) {
    const [, version = '', member] = VERSION.exec(entry.path) ?? [];
    if (version === '') {
      ofEndpoint.push(entry);
    } else if (member === undefined) {
      whole.push(ofWhole(entry, version));
    } else if (SHARE.has(member)) {
      shares.set(version, { ...shares.get(version), [member]: entry.value });
    } else {
      // Of versions there are `tags`, of services `kvTags`.
      const path = member === 'tags' ? '/kvTags' : `/${member}`;
      ofVersions.set(version, [...(ofVersions.get(version) ?? []), { ...entry, path }]);
    }
  }
  const changed = [...ofVersions.keys()];
  if (whole.length + changed.length + Math.sign(ofEndpoint.length) > 1) {
    throw new FarledError('BadArgument', 'The update changes more than one version, or the endpoint and a version.', {
      suggestion: 'Change one version after the other.',
    });
  }
  const [alone] = whole;
  const [version = ''] = changed;
  if (alone !== undefined) {
    refuseMore(shares, alone.kind === 'endpoint' ? '' : alone.version);
    return alone;
  }
  if (version !== '') {
    refuseMore(shares, version);
    return {
      kind: 'version',
      version,
      share: shares.get(version) ?? {},
      change: readPatch(ofVersions.get(version) ?? []),
    };
  }
  return { kind: 'endpoint', shares: Object.fromEntries(shares), change: readPatch(ofEndpoint) };
}

function ofWhole({ op, path, value }: PatchRequest[number], version: string): EndpointPatch {
  switch (op.toLowerCase()) {
    case 'add':
      return { kind: 'create', version, variant: parseOrThrow(Variant, value, path) };
    case 'remove':
      return { kind: 'delete', version };
    default:
      throw new FarledError('BadArgument', `${op} ${path}: versions are added and removed.`);
  }
}

/** A version that becomes the default makes the others none, which clients say as well: anything else is a change. */
function refuseMore(shares: ReadonlyMap<string, Share>, version: string): void {
  for (const [name, { trafficPercentile, isDefault, type }] of shares) {
    const denied = trafficPercentile === undefined && isDefault !== true && type !== 'Control';
    if (name !== version && !denied) {
      throw new FarledError('BadArgument', `The update changes version "${version}" and the share of "${name}".`, {
        suggestion: 'Change one version after the other.',
      });
    }
  }
}
