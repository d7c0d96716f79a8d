/** Reads one entry of a pip list. What it lets through stands in a requirements file, where a line may be an option. */
import { FarledError } from '@farled/contract';

/** Where pip is told to look, from the options that may stand among the requirements. */
export interface IndexOptions {
  readonly index: string | null;
  readonly extraIndexes: readonly string[];
  readonly findLinks: readonly string[];
  readonly insecureHosts: readonly string[];
  readonly prereleases: boolean;
}

export const NO_INDEX_OPTIONS: IndexOptions = {
  index: null,
  extraIndexes: [],
  findLinks: [],
  insecureHosts: [],
  prereleases: false,
};

export interface PipEntry {
  readonly requirement: string | null;
  readonly index: IndexOptions;
}

const NAME = String.raw`[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?`;
const EXTRAS = String.raw`(?:\s*\[[A-Za-z0-9._,\s-]*\])?`;
const VERSION = String.raw`(?:===|==|!=|>=|<=|~=|>|<)\s*[A-Za-z0-9.*+!_-]+`;
const VERSIONS = String.raw`(?:\s*\(?\s*${VERSION}(?:\s*,\s*${VERSION})*\s*,?\s*\)?)?`;
const URL = String.raw`(?:git\+)?(?:https?|ssh)://[A-Za-z0-9._~:/?#@!&()*+,;=%[\]-]+`;
const MARKER = String.raw`(?:\s*;\s*[A-Za-z0-9_."'<>=!~()\s,-]+)?`;
const REQUIREMENT = new RegExp(`^(?:${NAME}${EXTRAS}(?:${VERSIONS}|\\s*@\\s*${URL})|${URL})${MARKER}$`);

const INDEX_OPTIONS: Readonly<Record<string, (value: string) => Partial<IndexOptions>>> = {
  '-i': (value) => ({ index: value }),
  '--index-url': (value) => ({ index: value }),
  '--extra-index-url': (value) => ({ extraIndexes: [value] }),
  '-f': (value) => ({ findLinks: [value] }),
  '--find-links': (value) => ({ findLinks: [value] }),
};

/**
 * azureml-core puts these beside whatever else an environment says. They name the public index, also as it was called
 * once, which is where packages come from anyway, or from the mirror that the server has in its place.
 */
const PUBLIC_INDEX = /^https?:\/\/pypi\.(?:python\.)?org\/simple\/?(?:index\.html)?$/;
const MORE_PLACES: readonly string[] = ['--extra-index-url', '-f', '--find-links'];

/** @throws FarledError EnvironmentBuildFailed naming the entry when it can't be used here. */
export function readPipEntry(text: string): PipEntry {
  const entry = withoutComment(text).trim();
  if (entry === '') {
    return { requirement: null, index: NO_INDEX_OPTIONS };
  }
  if (entry.startsWith('-')) {
    return { requirement: null, index: { ...NO_INDEX_OPTIONS, ...readOption(entry) } };
  }
  if (!REQUIREMENT.test(entry) || /\s--/.test(entry)) {
    throw refuse(
      entry,
      isPath(entry)
        ? 'it is a path, and only the source folder comes with a deployment'
        : 'it is not a requirement that pip knows',
      'Write it as name==1.2.3 or name @ https://…; put modules of your own into the source folder.',
    );
  }
  return { requirement: entry.replaceAll(/\s+/g, ' '), index: NO_INDEX_OPTIONS };
}

/** A name as the package index compares it. */
function normalName(name: string): string {
  return name.toLowerCase().replaceAll(/[-_.]+/g, '-');
}

/** The compared name of a requirement line; null for a bare address. */
export function nameOf(requirement: string): string | null {
  const match = new RegExp(`^(${NAME})(?!\\S*://)`).exec(requirement);
  return match?.[1] === undefined ? null : normalName(match[1]);
}

function readOption(entry: string): Partial<IndexOptions> {
  const [, option = '', value = ''] = /^(-{1,2}[A-Za-z][A-Za-z-]*)(?:\s*=\s*|\s+|$)(.*)$/s.exec(entry) ?? [];
  if (option === '--pre' && value === '') {
    return { prereleases: true };
  }
  if (option === '--trusted-host' && /^[A-Za-z0-9.-]+(?::\d+)?$/.test(value)) {
    return { insecureHosts: [value] };
  }
  if (MORE_PLACES.includes(option) && PUBLIC_INDEX.test(value)) {
    return {};
  }
  const read = INDEX_OPTIONS[option];
  if (read !== undefined && /^https?:\/\/[^\s]+$/.test(value)) {
    return read(value);
  }
  if (option === '-e' || option === '--editable') {
    throw refuse(
      entry,
      'an editable install needs a folder that does not come with a deployment',
      'Put the package into the source folder, or name it by version or https address.',
    );
  }
  if (option === '-r' || option === '--requirement' || option === '-c' || option === '--constraint') {
    throw refuse(entry, 'the file that it names does not come with a deployment', 'Write its lines into the pip list.');
  }
  throw refuse(
    hideUserInfo(entry),
    'Farled does not know this option, or its value',
    'Known are --index-url, --extra-index-url, --find-links with an http(s) address, --trusted-host and --pre.',
  );
}

/** A «#» begins a comment after white space, as in requirements files; in an address it is a fragment. */
function withoutComment(text: string): string {
  return text.replace(/(?:^|\s)#.*$/s, '');
}

function isPath(entry: string): boolean {
  return /^(?:\.|\/|~|file:|[A-Za-z]:[\\/])/.test(entry) || /@\s*(?:file:|\.|\/)/.test(entry);
}

/** An address without the user name and password that may stand in it. */
export function hideUserInfo(text: string): string {
  return text.replaceAll(/:\/\/[^/\s@]+@/g, '://***@');
}

function refuse(entry: string, why: string, suggestion: string): FarledError {
  return new FarledError('EnvironmentBuildFailed', `The pip entry "${hideUserInfo(entry)}" can not be used: ${why}.`, {
    suggestion,
  });
}
