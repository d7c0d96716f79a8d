/** Finding the server of this machine, as the environment variables or the home folder name it. */
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

import { FarledError } from '@farled/contract';

import { createClient, type Client, type ClientOptions } from '../client.ts';
import { parseJson } from '../transport.ts';

export interface Connection {
  readonly url: string;
  readonly token: string | undefined;
}

type Variables = Readonly<Record<string, string | undefined>>;

const DEFAULT_URL = 'http://127.0.0.1:7310';

/**
 * FARLED_URL with FARLED_TOKEN; else what the server wrote into FARLED_HOME (`~/.farled`); else the default address.
 * The home folder's token goes to the home folder's server only.
 */
export function findConnection(variables: Variables): Connection {
  const home = said(variables['FARLED_HOME']) ?? join(homedir(), '.farled');
  const url = said(variables['FARLED_URL']);
  const token = said(variables['FARLED_TOKEN']);
  const local = readServerFile(join(home, 'server.json'));
  const ours = url === undefined || sameOrigin(url, local ?? DEFAULT_URL);
  return { url: url ?? local ?? DEFAULT_URL, token: token ?? (ours ? readText(join(home, 'owner-token')) : undefined) };
}

/** A client of the server that {@link findConnection} finds. */
export function connect(options: Partial<ClientOptions> = {}): Client {
  return createClient({ ...findConnection(process.env), ...options });
}

function said(value: string | undefined): string | undefined {
  return value === undefined || value === '' ? undefined : value;
}

function sameOrigin(one: string, other: string): boolean {
  return URL.parse(one)?.origin === URL.parse(other)?.origin;
}

function readServerFile(path: string): string | undefined {
  const text = readText(path);
  if (text === undefined) {
    return undefined;
  }
  const value = parseJson(text) as { url?: unknown } | null | undefined;
  if (typeof value?.url !== 'string') {
    throw new FarledError('InvalidDocument', `${path} does not name the address of a server.`, {
      suggestion: 'Start Farled again with `npm start`, which writes the file anew, or set FARLED_URL.',
    });
  }
  return value.url;
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      return undefined;
    }
    throw new FarledError('BadArgument', `${path} can't be read: ${(error as Error).message}.`, {
      suggestion: 'Run as the user who started the server, or set FARLED_URL and FARLED_TOKEN.',
      cause: error,
    });
  }
}
