/** The image that builds a Dockerfile: buildah, and one layer of ours with the Dockerfile and the way to registries. */
import { createHash } from 'node:crypto';

import {
  buildImage,
  type LayerCache,
  type LayerEntry,
  mayUsePlainHttp,
  parseReference,
  type Platform,
  type Registry,
} from '@farled/image';

import { CONTEXT, DOCKERFILE } from './build-objects.ts';

export interface BuilderSettings {
  /** An image with buildah. */
  readonly image: string;
  /** Host by which pods reach our registry; null when it is the same as for nodes. */
  readonly registryForPods: string | null;
  /** Authorities that our registry's certificate may be of, PEM; null for the usual ones. */
  readonly certificateAuthorities: string | null;
}

export interface BuilderImageParts {
  readonly registry: Registry;
  readonly cache: LayerCache;
  /** `host/path` that images are pushed to. */
  readonly repository: string;
  readonly builder: BuilderSettings;
}

/** Its reference, by digest. */
export async function makeBuilderImage(
  parts: BuilderImageParts,
  dockerfile: string,
  platform: Platform,
  log: (line: string) => void,
  signal: AbortSignal,
): Promise<string> {
  const target = parseReference(parts.repository);
  const files = builderFiles(parts.builder, target.host, dockerfile);
  const key = createHash('sha256').update(JSON.stringify(files)).digest('hex');
  const built = await buildImage({
    ...parts,
    base: parseReference(parts.builder.image),
    target,
    tag: `builder-${platform.architecture}`,
    platforms: [platform],
    layers: () => [{ name: 'Dockerfile', key, entries: () => entriesOf(files) }],
    config: { workingDir: CONTEXT, user: '0:0' },
    log,
    signal,
  });
  return built.reference;
}

/** Text of each file, by its path. */
export function builderFiles(
  { registryForPods, certificateAuthorities }: BuilderSettings,
  host: string,
  dockerfile: string,
): Readonly<Record<string, string>> {
  const location = registryForPods ?? host;
  return {
    [DOCKERFILE]: dockerfile,
    '/etc/containers/registries.conf.d/farled.conf': registriesConf(host, location),
    ...(certificateAuthorities === null
      ? {}
      : { [`/etc/containers/certs.d/${location}/ca.crt`]: certificateAuthorities }),
  };
}

/** Names without a host are Docker Hub's, as in Docker. A registry that we speak plain HTTP to, its builder may too. */
function registriesConf(host: string, location: string): string {
  const insecure = mayUsePlainHttp(host, new Set());
  const registry = (prefix: string): string[] => [
    '[[registry]]',
    `prefix = "${prefix}"`,
    `location = "${location}"`,
    `insecure = ${insecure}`,
  ];
  const lines = [
    'unqualified-search-registries = ["docker.io"]',
    ...registry(host),
    ...(location === host ? [] : registry(location)),
  ];
  return `${lines.join('\n')}\n`;
}

function entriesOf(files: Readonly<Record<string, string>>): LayerEntry[] {
  return [
    { kind: 'directory', path: CONTEXT, mode: 0o755 },
    ...Object.entries(files).map(([path, text]): LayerEntry => ({
      kind: 'file',
      path,
      mode: 0o644,
      source: { bytes: Buffer.from(text) },
    })),
  ];
}
