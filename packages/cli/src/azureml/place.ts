/** Where the server that azureml-core is to speak to answers, and whom to trust for it. */
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

import { FarledError } from '@farled/contract';
import { readDocument } from '@farled/sdk';

import { text } from '../parse/options.ts';
import type { Given } from './proxies.ts';

export const PLACE_OPTIONS = {
  url: text(
    '--url',
    'URL',
    'Address of the server for azureml-core, where it runs on another machine (FARLED_AZUREML_URL).',
  ),
  caFile: text(
    '--ca-file',
    'PATH',
    "Certificate of that server's authority, `tls/ca.crt` in its home, where no public one signed it (FARLED_AZUREML_CA_FILE).",
  ),
};

export interface Place {
  /** `https://NAME:PORT`, no slash at the end. */
  readonly url: string;
  /** PEM; null when only public authorities are trusted. */
  readonly authority: string | null;
  /** Whether it is the one whose home this is: it runs on this machine. */
  readonly own: boolean;
  /** Of the proxy that leads the client's own addresses of Azure to it; null when it has none. */
  readonly proxyUrl: string | null;
  /** Where files for clients are kept. */
  readonly folder: string;
}

interface Said {
  readonly url: string | undefined;
  readonly caFile: string | undefined;
}

/** By the options, else by the variables, else what the server of this home wrote. */
export async function findPlace(said: Said, given: Given, folder: string): Promise<Place> {
  const home = resolve(folder, given['FARLED_HOME'] || join(homeFolder(given), '.farled'));
  const files = join(home, 'azureml');
  const url = said.url ?? (given['FARLED_AZUREML_URL'] || undefined);
  if (url === undefined) {
    return { ...(await ownPlace(home, given)), own: true, folder: files };
  }
  const caFile = said.caFile ?? (given['FARLED_AZUREML_CA_FILE'] || undefined);
  const authority =
    caFile === undefined ? null : await readDocument(resolve(folder, caFile), "The authority's certificate");
  return { url: checkedUrl(url), authority, own: false, proxyUrl: null, folder: files };
}

/** Of the person whose variables these are. */
export function homeFolder(given: Given): string {
  return given['HOME'] || homedir();
}

async function ownPlace(home: string, given: Given): Promise<Pick<Place, 'url' | 'authority' | 'proxyUrl'>> {
  const server = await serverOf(home);
  const elsewhere = given['FARLED_URL'] || undefined;
  if (elsewhere !== undefined && URL.parse(elsewhere)?.origin !== URL.parse(server?.url ?? '')?.origin) {
    throw new FarledError('BadArgument', `FARLED_URL names a server that is not the one of ${home}.`, {
      suggestion: 'Say where azureml-core finds it: --url https://NAME.blob.DOMAIN:7312 --ca-file CA.',
    });
  }
  if (server === undefined) {
    throw new FarledError('Unavailable', `No Farled server runs on ${home}.`, {
      suggestion: 'Start one with `farled-server`, or name one on another machine with --url and --ca-file.',
    });
  }
  const authority = await readDocument(join(home, 'tls', 'ca.crt'), "The server's authority");
  return { url: checkedUrl(server.azuremlUrl), authority, proxyUrl: server.azuremlProxyUrl ?? null };
}

interface Server {
  readonly url: string;
  readonly azuremlUrl: string;
  readonly azuremlProxyUrl?: string;
}

async function serverOf(home: string): Promise<Server | undefined> {
  const value = await readFile(join(home, 'server.json'), 'utf8').then(
    (content): unknown => JSON.parse(content),
    () => undefined,
  );
  const server = (value ?? {}) as Partial<Server>;
  return typeof server.url === 'string' && typeof server.azuremlUrl === 'string' ? (server as Server) : undefined;
}

function checkedUrl(said: string): string {
  const url = URL.parse(said);
  if (url?.protocol !== 'https:') {
    throw new FarledError('BadArgument', `The address for azureml-core must be an https URL, not "${said}".`);
  }
  if (!/^[^.]+\.blob\..+$/.test(url.hostname)) {
    throw new FarledError(
      'BadArgument',
      `azureml-core uploads files to hosts named NAME.blob.DOMAIN only, and "${url.hostname}" is not of that form.`,
      { suggestion: 'Give the server such a name with FARLED_AZUREML_NAME, and use it here.' },
    );
  }
  return url.origin;
}
