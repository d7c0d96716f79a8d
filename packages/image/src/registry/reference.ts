/** What people write for an image: `host:port/path/name:tag@sha256:…`, with Docker Hub's defaults. */
import { FarledError } from '@farled/contract';

export interface Repository {
  /** Name, and port if there is one: `docker.io`, `127.0.0.1:5000`. */
  readonly host: string;
  /** Path below the host: `library/debian`. */
  readonly repository: string;
}

export interface Reference extends Repository {
  readonly tag: string | null;
  /** Says more than the tag, which is then only for people. */
  readonly digest: string | null;
}

const DOCKER_HUB = 'docker.io';
/** Names under which Docker Hub was or is known. */
const DOCKER_HUB_NAMES = new Set([DOCKER_HUB, 'index.docker.io', 'registry-1.docker.io']);
const DOCKER_HUB_API = 'registry-1.docker.io';
const DEFAULT_TAG = 'latest';

/** The grammar of the distribution project: part of a path, tag, digest, host. */
const PART = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const TAG = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
const DIGEST = /^sha256:[0-9a-f]{64}$/;
const LABEL = '[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?';
const HOST = new RegExp(`^(?:${LABEL}(?:\\.${LABEL})*|\\[[0-9A-Fa-f:]+\\])(?::[0-9]{1,5})?$`);
const MAXIMUM_NAME = 255;

/** @throws FarledError BadArgument saying which part is wrong. */
export function parseReference(text: string): Reference {
  const fault = (what: string): FarledError =>
    new FarledError('BadArgument', `${JSON.stringify(text)} is not the name of an image: ${what}.`, {
      suggestion: 'Write it as host/path/name:tag or host/path/name@sha256:digest, in lower case.',
    });
  const [named = '', digest = null, ...more] = text.split('@');
  if (more.length > 0 || (digest !== null && !DIGEST.test(digest))) {
    throw fault('after «@» comes sha256: and 64 hexadecimal digits');
  }
  const colon = named.lastIndexOf(':');
  const tagged = colon > named.lastIndexOf('/');
  const tag = tagged ? named.slice(colon + 1) : null;
  if (tag !== null && !TAG.test(tag)) {
    throw fault(`the tag ${JSON.stringify(tag)} may have letters, digits, «_», «.» and «-», 128 at most`);
  }
  const name = tagged ? named.slice(0, colon) : named;
  const { host, path } = splitHost(name);
  if (!HOST.test(host)) {
    throw fault(`the host ${JSON.stringify(host)} is not one`);
  }
  const repository = host === DOCKER_HUB && !path.includes('/') ? `library/${path}` : path;
  const wrong = repository.split('/').find((part) => !PART.test(part));
  if (wrong !== undefined) {
    throw fault(
      `the part ${JSON.stringify(wrong)} may have lower-case letters and digits, with «.», «_» or «-» between`,
    );
  }
  if (host.length + 1 + repository.length > MAXIMUM_NAME) {
    throw fault(`it is longer than ${MAXIMUM_NAME} characters`);
  }
  return { host, repository, tag, digest };
}

/** Unlike Docker's, never shortened: two references are the same image if and only if their texts are equal. */
export function formatReference({ host, repository, tag, digest }: Reference): string {
  return `${host}/${repository}${tag === null ? '' : `:${tag}`}${digest === null ? '' : `@${digest}`}`;
}

/** What the registry is asked for: the digest when there is one. */
export function referenceTarget({ tag, digest }: Reference): string {
  return digest ?? tag ?? DEFAULT_TAG;
}

/** The host that answers for the one that people write. */
export function apiHost(host: string): string {
  return host === DOCKER_HUB ? DOCKER_HUB_API : host;
}

export function canonicalHost(host: string): string {
  return DOCKER_HUB_NAMES.has(host) ? DOCKER_HUB : host;
}

/** The first part is a host when nothing else may look like it; else it is a path on Docker Hub. */
function splitHost(name: string): { readonly host: string; readonly path: string } {
  const slash = name.indexOf('/');
  const first = slash === -1 ? '' : name.slice(0, slash);
  const isHost = /[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase();
  return isHost ? { host: canonicalHost(first), path: name.slice(slash + 1) } : { host: DOCKER_HUB, path: name };
}
