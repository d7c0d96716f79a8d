/**
 * Connections from kubeconfig files. They come from users: nothing in them is run, and no file that they name is read.
 */
import type { FarledError } from '@farled/contract';
import { LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';

import type { Connection } from './connection.ts';
import { certificateAuthorityOf, credentialOf } from './kubeconfig-credential.ts';
import { unusable } from './kubeconfig-problem.ts';
import { KubeCluster, KubeUser } from './kubeconfig-schema.ts';

export interface Kubeconfig {
  /** Name of the context that was chosen. */
  readonly context: string;
  /** Name of its cluster. */
  readonly cluster: string;
  readonly connection: Connection;
}

const LARGEST = 1024 * 1024;

/** `- name: n` with a `key` beside it, as { name, value }. What it holds is looked at only when it is the one that counts. */
function named(key: string) {
  return z
    .array(z.looseObject({ name: z.string() }))
    .nullish()
    .transform((all) => (all ?? []).map((one): Named => ({ name: one.name, value: one[key] })));
}

interface Named {
  readonly name: string;
  readonly value: unknown;
}

const Document = z.object({
  'current-context': z.string().nullish(),
  contexts: named('context'),
  clusters: named('cluster'),
  users: named('user'),
});

const Context = z.object({ cluster: z.string(), user: z.string() });

/** @throws FarledError KubeconfigUnusable saying what stands in the way and what to do; credentials are never quoted. */
export function parseKubeconfig(text: string, context?: string): Kubeconfig {
  const document = checked(Document, parseYaml(text), 'The kubeconfig');
  const name = context ?? document['current-context'] ?? '';
  const chosen = document.contexts.find((candidate) => candidate.name === name);
  if (chosen === undefined) {
    throw noSuchContext(name, context !== undefined, document.contexts);
  }
  const names = checked(Context, chosen.value, `Context ${name} of the kubeconfig`);
  const cluster = checked(
    KubeCluster,
    entry(document.clusters, 'cluster', names.cluster, name),
    `Cluster ${names.cluster} of the kubeconfig`,
  );
  const user = checked(
    KubeUser,
    entry(document.users, 'user', names.user, name) ?? {},
    `User ${names.user} of the kubeconfig`,
  );
  return {
    context: name,
    cluster: names.cluster,
    connection: {
      server: serverOf(cluster, names.cluster),
      certificateAuthority: certificateAuthorityOf(cluster, names.cluster),
      skipTlsVerify: cluster['insecure-skip-tls-verify'] ?? false,
      tlsServerName: cluster['tls-server-name'] || null,
      credential: credentialOf(user, names.user),
    },
  };
}

function parseYaml(text: string): unknown {
  if (text.length > LARGEST) {
    throw unusable(`The kubeconfig has ${text.length} characters; more than ${LARGEST} can't be one.`, undefined);
  }
  const lines = new LineCounter();
  // Pretty errors would quote the line, with whatever secret stands in it.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'error' });
  const [error] = document.errors;
  if (error !== undefined) {
    const { line, col } = lines.linePos(error.pos[0]);
    throw unusable(`The kubeconfig is not YAML: ${error.code} in line ${line}, column ${col}.`, undefined);
  }
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch {
    throw unusable('The kubeconfig has aliases that lead nowhere, or too many of them.', undefined);
  }
}

function checked<Schema extends z.ZodType>(schema: Schema, value: unknown, what: string): z.output<Schema> {
  const result = schema.safeParse(value);
  if (!result.success) {
    const faults = result.error.issues.map((issue) =>
      issue.path.length === 0 ? issue.message : `${issue.path.join('.')}: ${issue.message}`,
    );
    throw unusable(`${what} is not as it should be: ${faults.join('; ')}.`, undefined);
  }
  return result.data;
}

function entry(entries: readonly Named[], key: string, name: string, context: string): unknown {
  const found = entries.find((candidate) => candidate.name === name);
  if (found === undefined) {
    throw unusable(`Context ${context} of the kubeconfig names the ${key} ${name}, which it does not have.`, undefined);
  }
  return found.value;
}

function noSuchContext(name: string, asked: boolean, contexts: readonly Named[]): FarledError {
  const known = contexts.map((candidate) => candidate.name).join(', ');
  if (known === '') {
    return unusable('The kubeconfig has no contexts.', undefined);
  }
  return unusable(
    name === ''
      ? 'The kubeconfig has no current-context.'
      : `The kubeconfig has no context ${name}${asked ? '' : ', which is its current-context'}.`,
    `Name one of its contexts: ${known}.`,
  );
}

function serverOf(cluster: KubeCluster, name: string): string {
  if (cluster['proxy-url']) {
    throw unusable(
      `Cluster ${name} of the kubeconfig is reached through a proxy (proxy-url), which is not supported.`,
      'Use an address of the API server that this machine reaches directly.',
    );
  }
  const address = URL.canParse(cluster.server) ? new URL(cluster.server) : undefined;
  if (address === undefined || address.protocol !== 'https:') {
    throw unusable(
      `The server of cluster ${name} is not an address that begins with https://.`,
      'Credentials are not sent in clear: use the HTTPS address of the API server.',
    );
  }
  if (address.username !== '' || address.password !== '' || address.search !== '' || address.hash !== '') {
    throw unusable(
      `The server of cluster ${name} holds more than host, port and path.`,
      'Write it as https://host:port, and credentials under users.',
    );
  }
  return cluster.server;
}
