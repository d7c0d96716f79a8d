/** Gathers the facts: every question is asked once, and none that fails ends the others. */
import { lookup } from 'node:dns/promises';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { resolve } from 'node:path';

import { isFarledError } from '@farled/contract';
import { findWorkspaceConfig } from '@farled/sdk';

import type { Parts } from '../../command.ts';
import { ask } from '../ask.ts';
import { certificatesIn } from '../bundle.ts';
import { addressesOf, SYSTEM_FILE } from '../hosts-file.ts';
import { findPlace, type Place } from '../place.ts';
import { type ClientValues, prepareClient } from '../prepare.ts';
import { bypassesProxy, type Given, proxyOf } from '../proxies.ts';
import { applyVariables } from '../variables.ts';
import { cacheFacts, shellFacts } from './cache-facts.ts';
import type { AnswerFacts, BundleFacts, Facts, NameFacts, PlaceFacts, WorkspaceFacts } from './facts.ts';
import { askPython } from './python-facts.ts';
import { askWith, tryToken } from './token-facts.ts';

const CONNECT_MS = 5000;
/** contract 1.5: each of them goes before what the workspace says. */
const OVERRIDE = /^AZUREML_(?:DEV_URL_\w+|SERVICE_ENDPOINT|EXPERIMENTATION_HOST|MMS_TEST_ENDPOINT)$/;

export interface DoctorOptions extends ClientValues {
  readonly python: string | undefined;
}

type Working = Pick<Parts, 'folder' | 'variables' | 'signal'>;

export async function gatherFacts(options: DoctorOptions, parts: Working): Promise<Facts> {
  const { folder, signal } = parts;
  const found = await findPlace(options, parts.variables, folder).catch((error: unknown) => placeFault(error));
  const place = 'fault' in found ? null : found;
  const server = place === null ? null : serverOf(place);
  const answer = place === null ? null : await answerFacts(place, signal);
  const answers = place !== null && answer?.kind === 'answered' && answer.isFarled;
  const given = answers ? await variablesOf(options, parts) : parts.variables;
  const python = await askPython({
    commands: options.python === undefined ? ['python', 'python3'] : [options.python],
    server,
    folder,
    variables: applyVariables(given, {}),
    signal,
  });
  const address = python.kind === 'found' ? python.address : null;
  const tried = answers ? await tryToken(place, given, signal) : null;
  const proxy = proxyOf(given);
  return {
    place: place === null || server === null ? (found as PlaceFacts) : placeFacts(place, server),
    shell: {
      metadata: parts.variables['ARM_CLOUD_METADATA_URL'] || null,
      byProxy: place !== null && place.proxyUrl !== null && proxyOf(parts.variables)?.value === place.proxyUrl,
      ...(await shellFacts(place, given, signal)),
    },
    answer,
    name: server === null ? null : await nameFacts(server, address),
    python,
    bundle: await bundleFacts(place, given),
    token: tried?.facts ?? null,
    workspace: answers ? await workspaceFacts(place, tried?.token ?? null, parts) : null,
    caches: await cacheFacts(place?.url ?? null, given),
    overrides: Object.keys(given).filter((name) => OVERRIDE.test(name) && given[name] !== ''),
    proxy: {
      variable: proxy?.variable ?? null,
      bypassed: server !== null && bypassesProxy(given, server.host),
    },
  };
}

interface Server {
  readonly host: string;
  readonly port: number;
}

function serverOf({ url }: Place): Server {
  const { hostname: host, port } = new URL(url);
  return { host, port: Number(port || '443') };
}

function placeFacts({ url, own, authority }: Place, server: Server): PlaceFacts {
  return { url, ...server, own, privateAuthority: authority !== null };
}

function placeFault(error: unknown): Extract<PlaceFacts, { fault: string }> {
  if (!isFarledError(error)) {
    throw error;
  }
  return { fault: error.message, suggestion: error.suggestion ?? '' };
}

/** Of a shell that is not set up, those that its programs would be started with. */
async function variablesOf(options: DoctorOptions, parts: Working): Promise<Given> {
  if (parts.variables['ARM_CLOUD_METADATA_URL'] || undefined) {
    return parts.variables;
  }
  const { variables } = await prepareClient(options, parts);
  return applyVariables(parts.variables, variables);
}

async function answerFacts(place: Place, signal: AbortSignal): Promise<AnswerFacts> {
  try {
    const { status, headers, body } = await ask(place, `${place.url}/metadata/endpoints`, { signal });
    const { date } = headers;
    const theirs = typeof date === 'string' ? Date.parse(date) : Number.NaN;
    return {
      kind: 'answered',
      status,
      isFarled: status === 200 && body.includes('/adfs/'),
      aheadSeconds: Number.isNaN(theirs) ? null : (theirs - Date.now()) / 1000,
    };
  } catch (error) {
    signal.throwIfAborted();
    const { code, message } = error as NodeJS.ErrnoException;
    return { kind: 'failed', code: code ?? '', message };
  }
}

/** @param address that Python has found, null when it found none. */
async function nameFacts({ host, port }: Server, address: string | null): Promise<NameFacts> {
  const system = await lookup(host).then(
    (answer) => answer.address,
    () => null,
  );
  const at = address ?? system;
  return {
    system,
    hosts: addressesOf(await readFile(SYSTEM_FILE, 'utf8').catch(() => ''), host),
    reachable: at === null ? null : await listens(at, port),
  };
}

function listens(host: string, port: number): Promise<boolean> {
  return new Promise((answer) => {
    const socket = connect({ host, port, timeout: CONNECT_MS });
    const end = (open: boolean): void => {
      socket.destroy();
      answer(open);
    };
    socket.once('connect', () => end(true));
    socket.once('timeout', () => end(false));
    socket.once('error', () => end(false));
  });
}

async function bundleFacts(place: Place | null, given: Given): Promise<BundleFacts> {
  const path = given['REQUESTS_CA_BUNDLE'] || null;
  const content = path === null ? null : await readFile(path, 'utf8').catch(() => null);
  const certificates = content === null ? null : certificatesIn([content]);
  const ours = certificatesIn([place?.authority ?? '']);
  return {
    path,
    certificates: certificates?.length ?? null,
    hasOurs: certificates !== null && ours.every((one) => certificates.includes(one)),
  };
}

async function workspaceFacts(
  place: Place,
  token: string | null,
  { folder, signal }: Working,
): Promise<WorkspaceFacts> {
  try {
    const config = await findWorkspaceConfig(resolve(folder));
    if (config === undefined) {
      return { file: null, fault: null, name: null, status: null };
    }
    const { file, subscriptionId, resourceGroup, workspace: name } = config;
    const [subscription, group, last] = [subscriptionId, resourceGroup, name].map(encodeURIComponent);
    const path = `/subscriptions/${subscription}/resourceGroups/${group}/providers/Microsoft.MachineLearningServices/workspaces/${last}`;
    const reply = token === null ? null : await askWith(place, token, `${path}?api-version=2022-05-01`, signal);
    return { file, fault: null, name, status: reply?.status ?? null };
  } catch (error) {
    if (!isFarledError(error)) {
      throw error;
    }
    return { file: null, fault: error.message, name: null, status: null };
  }
}
