/** How an endpoint's requests are shared between its versions: the rules, as pure functions. */
import { FarledError } from './errors.ts';
import type { VersionType } from './resources/endpoint.ts';

/** anchors: Azure ML v1, AksEndpoint. */
const MAXIMUM_VERSIONS = 6;

interface VersionShare {
  readonly name: string;
  /** Percent of the requests. */
  readonly trafficPercentile: number;
}

export interface Traffic {
  /** In the order in which they came to be. */
  readonly versions: readonly VersionShare[];
  /** Gets what is given to no version. */
  readonly defaultVersion: string;
  /** Was the default before, and stands in for it until that answers for the first time; it may be gone by now. */
  readonly formerDefault: string | null;
  /** What the others are compared with. */
  readonly controlVersion: string;
}

export interface AskedShare {
  readonly trafficPercentile?: number | undefined;
  readonly isDefault?: boolean | undefined;
  readonly type?: VersionType | undefined;
}

/** Sums of decimals are off by tiny amounts. */
const TOLERANCE = 1e-6;

/** Traffic of an endpoint with one version, which is its default and its control. @throws FarledError BadArgument */
export function firstVersion(name: string, asked: AskedShare): Traffic {
  const versions = [{ name, trafficPercentile: 0 }];
  const alone = { versions, defaultVersion: name, formerDefault: null, controlVersion: name };
  return changeVersion(alone, name, asked);
}

/** @throws FarledError VersionAlreadyExists, TooManyVersions, BadArgument */
export function addVersion(traffic: Traffic, name: string, asked: AskedShare): Traffic {
  if (traffic.versions.some((version) => version.name === name)) {
    throw new FarledError('VersionAlreadyExists', `The endpoint has a version "${name}".`, {
      suggestion: 'Update it, or choose another name.',
    });
  }
  if (traffic.versions.length >= MAXIMUM_VERSIONS) {
    throw new FarledError('TooManyVersions', `The endpoint has ${MAXIMUM_VERSIONS} versions, and can't have more.`, {
      suggestion: 'Delete one that gets no requests, or update it.',
    });
  }
  const versions = [...traffic.versions, { name, trafficPercentile: 0 }];
  return changeVersion({ ...traffic, versions }, name, { ...asked, ...withoutDenials(asked) });
}

/** @throws FarledError VersionNotFound, BadArgument */
export function changeVersion(traffic: Traffic, name: string, asked: AskedShare): Traffic {
  requireVersion(traffic, name);
  if (asked.isDefault === false && traffic.defaultVersion === name) {
    throw new FarledError('BadArgument', `Version "${name}" is the default one, and an endpoint needs one.`, {
      suggestion: 'Make another version the default, and this one ceases to be it.',
    });
  }
  if (asked.type === 'Treatment' && traffic.controlVersion === name && traffic.versions.length > 1) {
    throw new FarledError('BadArgument', `Version "${name}" is the control, and an endpoint needs one.`, {
      suggestion: 'Make another version the control, and this one becomes a treatment.',
    });
  }
  const { trafficPercentile } = asked;
  return changeTraffic(traffic, {
    percentiles: trafficPercentile === undefined ? {} : { [name]: trafficPercentile },
    defaultVersion: asked.isDefault === true ? name : undefined,
    controlVersion: asked.type === 'Control' ? name : undefined,
  });
}

/** @throws FarledError VersionNotFound; VersionInUse for the default one. */
export function removeVersion(traffic: Traffic, name: string): Traffic {
  requireVersion(traffic, name);
  const versions = traffic.versions.filter((version) => version.name !== name);
  if (traffic.defaultVersion === name) {
    throw new FarledError(
      'VersionInUse',
      `Version "${name}" is the default one: what is given to no version goes to it.`,
      {
        suggestion: versions.length === 0 ? 'Delete the endpoint.' : 'Make another version the default first.',
      },
    );
  }
  const controlVersion = traffic.controlVersion === name ? traffic.defaultVersion : traffic.controlVersion;
  return { ...traffic, versions, controlVersion };
}

export interface TrafficChange {
  /** By the name of the version; the others keep theirs. */
  readonly percentiles: Readonly<Record<string, number>>;
  readonly defaultVersion?: string | undefined;
  readonly controlVersion?: string | undefined;
}

/** @throws FarledError VersionNotFound; BadArgument when more than there is would be given away. */
export function changeTraffic(traffic: Traffic, change: TrafficChange): Traffic {
  const { percentiles, defaultVersion = traffic.defaultVersion, controlVersion = traffic.controlVersion } = change;
  for (const name of [...Object.keys(percentiles), defaultVersion, controlVersion]) {
    requireVersion(traffic, name);
  }
  const versions = traffic.versions.map(({ name, trafficPercentile }) => ({
    name,
    trafficPercentile: Object.hasOwn(percentiles, name) ? (percentiles[name] ?? 0) : trafficPercentile,
  }));
  const sum = versions.reduce((total, { trafficPercentile }) => total + trafficPercentile, 0);
  if (sum > 100 + TOLERANCE) {
    const parts = versions.map(({ name, trafficPercentile }) => `${name} ${trafficPercentile}`);
    throw new FarledError(
      'BadArgument',
      `The versions would get ${round(sum)} percent of the requests together: ${parts.join(', ')}.`,
      { suggestion: 'Give another version less in the same change, or this one.' },
    );
  }
  const formerDefault = defaultVersion === traffic.defaultVersion ? traffic.formerDefault : traffic.defaultVersion;
  return { versions, defaultVersion, formerDefault, controlVersion };
}

/**
 * The version that gets what is given to none: the default one as soon as it is ready, until then whichever of the
 * others is; the default one when none is.
 */
export function defaultNow(traffic: Traffic, ready: (name: string) => boolean): string {
  const { versions, defaultVersion, formerDefault, controlVersion } = traffic;
  const wished = [defaultVersion, formerDefault, controlVersion, ...versions.map(({ name }) => name)];
  return (
    wished.find((name) => name !== null && versions.some((version) => version.name === name) && ready(name)) ??
    defaultVersion
  );
}

/** What each version gets when only those that are `ready` get anything. */
export function effectivePercentiles(traffic: Traffic, ready: (name: string) => boolean): ReadonlyMap<string, number> {
  const gets = defaultNow(traffic, ready);
  const given = traffic.versions.map(({ name, trafficPercentile }): [string, number] => [
    name,
    name === gets || !ready(name) ? 0 : trafficPercentile,
  ]);
  const rest = 100 - given.reduce((total, [, percentile]) => total + percentile, 0);
  return new Map(given.map(([name, percentile]) => [name, name === gets ? round(rest) : percentile]));
}

export function requireVersion({ versions }: Pick<Traffic, 'versions'>, name: string): void {
  if (!versions.some((version) => version.name === name)) {
    const known = versions.map((version) => version.name);
    throw new FarledError('VersionNotFound', `The endpoint has no version "${name}".`, {
      suggestion: `It has: ${known.join(', ')}.`,
    });
  }
}

/** Of a new version nobody need be told that it is neither. */
function withoutDenials({ isDefault, type }: AskedShare): AskedShare {
  return { isDefault: isDefault === true ? true : undefined, type: type === 'Control' ? 'Control' : undefined };
}

function round(percent: number): number {
  return Math.round(percent * 1e6) / 1e6;
}
