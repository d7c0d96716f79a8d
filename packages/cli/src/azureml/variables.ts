/** Everything that the unmodified azureml-core finds a server by. Pure. */
import { delimiter, sep } from 'node:path';
import { pathToFileURL } from 'node:url';

import { type IdentityOptions, identityVariables } from './identity.ts';
import { exceptionsFor, type Given } from './proxies.ts';
import type { Variables } from './shell.ts';

/** What was written for the client, absolute. */
export interface ClientFiles {
  /** Folder of all that is ever written for clients. */
  readonly root: string;
  readonly clouds: string;
  readonly bundle: string;
  /** The client keeps the table of clouds in it, and never reads it anew. */
  readonly config: string;
  readonly logins: string;
  /** Has the sitecustomize; null where the name of the server needs none. */
  readonly python: string | null;
}

export interface ClientOptions extends Omit<IdentityOptions, 'given'> {
  readonly files: ClientFiles;
  readonly given: Given;
  /** To go by this proxy, in place of a table of clouds. */
  readonly proxyUrl: string | null;
}

export function clientVariables({ files, given, proxyUrl, ...identity }: ClientOptions): Variables {
  const { hostname } = new URL(identity.url);
  const way = proxyUrl === null ? byTable(files, given, hostname) : byProxy(proxyUrl, given);
  return {
    ...way,
    REQUESTS_CA_BUNDLE: files.bundle,
    AZURE_CONFIG_DIR: files.config,
    AZUREML_AUTH_CONFIG_DIR: files.logins,
    ...identityVariables({ ...identity, given }),
  };
}

function byTable(files: ClientFiles, given: Given, hostname: string): Variables {
  return {
    ARM_CLOUD_METADATA_URL: pathToFileURL(files.clouds).href,
    AZUREML_CURRENT_CLOUD: 'AzureCloud',
    ...(files.python === null ? {} : { PYTHONPATH: pythonPath(files.python, files.root, given['PYTHONPATH']) }),
    ...exceptionsFor(given, [hostname, 'localhost']),
  };
}

/** The client goes to the addresses that it has for Azure. The proxy refuses all others, and knows nobody's identity. */
function byProxy(proxyUrl: string, given: Given): Variables {
  const proxies = { HTTPS_PROXY: proxyUrl, https_proxy: proxyUrl };
  return {
    ARM_CLOUD_METADATA_URL: null,
    AZUREML_CURRENT_CLOUD: null,
    ...proxies,
    ...exceptionsFor({ ...given, ...proxies }, ['localhost', '127.0.0.1']),
  };
}

/** The variables of a program that is started with them. */
export function applyVariables(given: Given, variables: Variables): Record<string, string> {
  return Object.fromEntries(
    Object.entries({ ...given, ...variables }).flatMap(([name, value]) =>
      value === undefined || value === null ? [] : [[name, value]],
    ),
  );
}

/** Ours first, and the user's after it; what was set for another server is taken away. */
function pythonPath(ours: string, root: string, given: string | undefined): string {
  const others = given === undefined || given === '' ? [] : given.split(delimiter);
  return [ours, ...others.filter((folder) => !folder.startsWith(`${root}${sep}`))].join(delimiter);
}
