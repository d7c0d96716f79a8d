/** A kubeconfig as a server can use it: one context of it, which refers to no files. Nothing of it stands in errors. */
import { FarledError } from '@farled/contract';
import { LineCounter, parseDocument } from 'yaml';

export interface KubeconfigSource {
  /** As the caller named it; stands in messages. */
  readonly file: string;
  readonly text: string;
  /** The current one when absent. */
  readonly context?: string | undefined;
}

type Fields = Readonly<Record<string, unknown>>;

/** Fields that name files, with those that hold what stands in them, in base64. */
const FILES: Readonly<Record<string, string>> = {
  'certificate-authority': 'certificate-authority-data',
  'client-certificate': 'client-certificate-data',
  'client-key': 'client-key-data',
};

/**
 * The chosen context with its cluster and its user, and no other: credentials of other clusters are not sent anywhere.
 *
 * @param read of a file that the kubeconfig names, as it names it.
 * @throws FarledError KubeconfigUnusable, and what reading throws.
 */
export async function flattenKubeconfig(
  source: KubeconfigSource,
  read: (path: string) => Promise<Uint8Array>,
): Promise<string> {
  const document = parse(source);
  const contexts = entries(document, 'contexts');
  const name = source.context ?? text(document['current-context']);
  const context = contexts.find((one) => one['name'] === name);
  if (name === undefined || context === undefined) {
    throw noContext(source, name, contexts);
  }
  const { cluster, user } = fieldsOf(context['context']);
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': name,
    contexts: [context],
    clusters: await inlined(named(document, 'clusters', cluster), 'cluster', read),
    users: await inlined(named(document, 'users', user), 'user', read),
  });
}

function parse({ file, text: content }: KubeconfigSource): Fields {
  const lines = new LineCounter();
  // Pretty errors, and messages of errors, quote what they are about.
  const document = parseDocument(content, { lineCounter: lines, prettyErrors: false, logLevel: 'silent' });
  const [fault] = document.errors;
  if (fault !== undefined) {
    throw unusable(`The kubeconfig "${file}" is not YAML: ${fault.code} in line ${lines.linePos(fault.pos[0]).line}.`);
  }
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 100 });
  } catch {
    throw unusable(`The kubeconfig "${file}" has aliases that lead nowhere, or too many of them.`);
  }
  if (typeof value !== 'object' || value === null || !('contexts' in value)) {
    throw unusable(`The file "${file}" is not a kubeconfig: it has no contexts.`);
  }
  return { ...value };
}

async function inlined(
  found: readonly Fields[],
  key: 'cluster' | 'user',
  read: (path: string) => Promise<Uint8Array>,
): Promise<Fields[]> {
  const all: Fields[] = [];
  for (const entry of found) {
    const fields: Record<string, unknown> = { ...fieldsOf(entry[key]) };
    for (const [field, data] of Object.entries(FILES)) {
      const path = text(fields[field]);
      if (path !== undefined && text(fields[data]) === undefined) {
        fields[data] = Buffer.from(await read(path)).toString('base64');
      }
      delete fields[field];
    }
    const tokenFile = text(fields['tokenFile']);
    if (tokenFile !== undefined) {
      fields['token'] = Buffer.from(await read(tokenFile))
        .toString('utf8')
        .trim();
    }
    delete fields['tokenFile'];
    all.push({ name: entry['name'], [key]: fields });
  }
  return all;
}

function entries(document: Fields, list: string): Fields[] {
  const found = document[list];
  return Array.isArray(found) ? found.map(fieldsOf) : [];
}

function named(document: Fields, list: string, name: unknown): Fields[] {
  return entries(document, list).filter((one) => one['name'] === name);
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function noContext({ file }: KubeconfigSource, name: string | undefined, contexts: readonly Fields[]): FarledError {
  const known = contexts.flatMap((one) => text(one['name']) ?? []).join(', ');
  return unusable(
    name === undefined
      ? `The kubeconfig "${file}" has no current-context.`
      : `The kubeconfig "${file}" has no context "${name}".`,
    known === '' ? undefined : `Name one of its contexts: ${known}.`,
  );
}

function unusable(message: string, suggestion?: string): FarledError {
  return new FarledError('KubeconfigUnusable', message, {
    suggestion: suggestion ?? 'Write one with `kubectl config view --flatten --minify --raw`.',
  });
}
