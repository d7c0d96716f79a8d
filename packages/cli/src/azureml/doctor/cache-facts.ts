/** Reads what azureml-core keeps between runs, and the table of clouds that it is pointed at. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { ask } from '../ask.ts';
import { homeFolder, type Place } from '../place.ts';
import type { Given } from '../proxies.ts';
import type { CacheFacts, ShellFacts } from './facts.ts';

const CLOUD = 'AzureCloud';

interface CachedCloud {
  readonly name?: string;
  readonly endpoints?: { readonly resource_manager?: string };
}

interface ListedCloud {
  readonly name?: string;
  readonly resourceManager?: string;
}

export async function cacheFacts(url: string | null, given: Given): Promise<CacheFacts> {
  const home = homeFolder(given);
  const cloudEndpoints = join(given['AZURE_CONFIG_DIR'] || join(home, '.azure'), 'cloudEndpoints.json');
  const discovery = join(home, '.azureml', '.discovery');
  const cached = (await readJson(cloudEndpoints)) as { readonly clouds?: readonly CachedCloud[] } | undefined;
  const ours = cached?.clouds?.find(({ name }) => name === CLOUD);
  return {
    cloudEndpoints,
    cachedResourceManager: ours?.endpoints?.resource_manager ?? null,
    discovery,
    staleDiscoveries: url === null ? 0 : staleIn(await readJson(discovery), url),
  };
}

/** Entries are known by the workspace and the address that told: those of our address must lead to it. */
function staleIn(cache: unknown, url: string): number {
  const entries = Object.entries((cache ?? {}) as Record<string, { readonly default?: Record<string, string> }>);
  return entries.filter(
    ([key, { default: services = {} }]) =>
      key.includes(`|${url}/`) && Object.values(services).some((service) => !service.startsWith(url)),
  ).length;
}

export async function shellFacts(
  place: Place | null,
  given: Given,
  signal: AbortSignal,
): Promise<Pick<ShellFacts, 'resourceManager' | 'cloud' | 'clouds'>> {
  const listed = (await readTable(place, given['ARM_CLOUD_METADATA_URL'] ?? '', signal)) as
    | readonly ListedCloud[]
    | undefined;
  const clouds = Array.isArray(listed) ? (listed as readonly ListedCloud[]) : [];
  return {
    resourceManager: clouds.find(({ name }) => name === CLOUD)?.resourceManager ?? null,
    cloud: given['AZUREML_CURRENT_CLOUD'] || null,
    clouds: clouds.flatMap(({ name }) => (name === undefined ? [] : [name])),
  };
}

async function readTable(place: Place | null, address: string, signal: AbortSignal): Promise<unknown> {
  const url = URL.parse(address);
  if (url?.protocol === 'file:') {
    return readJson(fileURLToPath(url));
  }
  if (url?.protocol !== 'https:' || place === null) {
    return undefined;
  }
  return ask(place, address, { signal }).then(
    ({ body }): unknown => JSON.parse(body),
    () => undefined,
  );
}

/** Python's own files may start with a byte order mark. */
async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse((await readFile(path, 'utf8')).replace(/^\u{feff}/u, ''));
  } catch {
    return undefined;
  }
}
