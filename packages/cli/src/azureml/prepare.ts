/** Asks the server for its table, writes the files, and says which variables lead to them. */
import { readFile, stat } from 'node:fs/promises';
import { resolve, sep } from 'node:path';
import { getCACertificates, rootCertificates } from 'node:tls';

import { FarledError } from '@farled/contract';
import { readDocument } from '@farled/sdk';

import type { Parts } from '../command.ts';
import { choice, flag, text } from '../parse/options.ts';
import { ask } from './ask.ts';
import { bundleOf } from './bundle.ts';
import { writeClientFiles } from './files.ts';
import { IDENTITIES, type IdentityKind } from './identity.ts';
import { findPlace, type Place, PLACE_OPTIONS } from './place.ts';
import type { Given } from './proxies.ts';
import type { Variables } from './shell.ts';
import { clientVariables } from './variables.ts';

export const CLIENT_OPTIONS = {
  proxy: flag(
    '--proxy',
    "Go by the server's proxy (FARLED_AZUREML_PROXY_PORT), for code that has addresses of Azure written into it.",
  ),
  identity: choice(
    '--identity',
    IDENTITIES,
    'As whom scripts come: this machine (msi, the default where the server runs here), a service principal, a person who logs in, or as their variables say now (none).',
  ),
  clientId: text('--client-id', 'ID', 'Of the service principal (AZUREML_SERVICE_PRINCIPAL_ID).'),
  passwordFile: text(
    '--password-file',
    'PATH',
    'File with the password of the service principal (AZUREML_SERVICE_PRINCIPAL_PASSWORD).',
  ),
  ...PLACE_OPTIONS,
};

export interface ClientValues {
  readonly proxy: boolean;
  readonly identity: IdentityKind | undefined;
  readonly clientId: string | undefined;
  readonly passwordFile: string | undefined;
  readonly url: string | undefined;
  readonly caFile: string | undefined;
}

export interface Prepared {
  readonly place: Place;
  readonly variables: Variables;
}

type Working = Pick<Parts, 'folder' | 'variables' | 'signal'>;

export async function prepareClient(options: ClientValues, { folder, variables, signal }: Working): Promise<Prepared> {
  const place = await findPlace(options, variables, folder);
  const { proxyUrl } = place;
  if (options.proxy && proxyUrl === null) {
    throw new FarledError('BadArgument', 'The server has no proxy on this machine.', {
      suggestion: 'Start it with FARLED_AZUREML_PROXY_PORT=7313.',
    });
  }
  const clouds = await readClouds(place, signal);
  const bundle = bundleOf(await authorities(place, variables));
  const files = await writeClientFiles(place.folder, { url: place.url, clouds, bundle });
  const password =
    options.passwordFile === undefined
      ? undefined
      : (await readDocument(resolve(folder, options.passwordFile), 'The password file')).trim();
  const kind = options.identity ?? (place.own ? 'msi' : 'none');
  return {
    place,
    variables: clientVariables({
      files,
      given: variables,
      kind,
      url: place.url,
      proxyUrl: options.proxy ? proxyUrl : null,
      clientId: options.clientId,
      password,
    }),
  };
}

async function readClouds(place: Place, signal: AbortSignal): Promise<string> {
  try {
    const { status, body } = await ask(place, `${place.url}/metadata/endpoints`, { signal });
    if (status === 200 && Array.isArray(JSON.parse(body))) {
      return body;
    }
    throw new FarledError('Unavailable', `${place.url} is not a Farled server: it answers ${status}.`);
  } catch (error) {
    if (error instanceof FarledError || signal.aborted) {
      throw error;
    }
    throw new FarledError('Unavailable', `${place.url} can't be reached: ${(error as Error).message}`, {
      suggestion: '`farled azureml doctor` says what is wrong.',
      cause: error,
    });
  }
}

/** Ours, what the user has trusted so far, and the public ones of Node and of the system. */
async function authorities({ authority, folder }: Place, given: Given): Promise<readonly string[]> {
  const trusted = ['REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE']
    .map((name) => given[name] ?? '')
    .filter((path) => path !== '' && !path.startsWith(`${folder}${sep}`));
  const texts = await Promise.all(trusted.map(readIfFile));
  return [
    ...(authority === null ? [] : [authority]),
    ...texts,
    ...rootCertificates,
    ...getCACertificates('system'),
    ...getCACertificates('extra'),
  ];
}

/** Empty for a folder of certificates, or for what is not there. */
async function readIfFile(path: string): Promise<string> {
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() === true ? readFile(path, 'utf8') : '';
}
