/** Reads conda match specs: `channel::name`, `name=1.2`, `name>=1,<2`, `name==1.0=py36_0`, `name[version='>=1']`. */
import { FarledError } from '@farled/contract';

/** One condition on a version, in the operators of PEP 440; `==1.2.*` is a prefix. */
export interface VersionClause {
  readonly operator: '==' | '!=' | '>=' | '<=' | '>' | '<' | '~=';
  readonly version: string;
}

export interface MatchSpec {
  readonly name: string;
  /** All must hold; empty is any version. */
  readonly clauses: readonly VersionClause[];
  readonly channel: string | null;
  /** A build string, which means nothing outside conda. */
  readonly build: string | null;
}

const CHANNEL = /^(?<channel>[^\s=<>!~[\]]*)::(?<rest>.*)$/s;
const NAME = /^(?<name>[A-Za-z0-9_][A-Za-z0-9_.-]*)\s*(?<rest>.*)$/s;
const BRACKET = /^(?<before>[^[]*)\[(?<keys>[^\]]*)\]$/s;
const BRACKET_KEY = /(?<key>\w+)\s*=\s*(?:'(?<single>[^']*)'|"(?<double>[^"]*)"|(?<bare>[^,'"\s]*))/g;
const CLAUSE = /^(?<operator>==|!=|>=|<=|~=|>|<|=)?\s*(?<version>[0-9][A-Za-z0-9.!+_-]*?)(?<wildcard>\.?\*)?$/;
const PEP440 =
  /^(?:\d+!)?\d+(?:\.\d+)*(?:[-_.]?(?:a|b|c|rc|alpha|beta|pre|preview)[-_.]?\d*)?(?:[-_.]?(?:post|rev|r)[-_.]?\d*|-\d+)?(?:[-_.]?dev[-_.]?\d*)?(?:\+[a-z0-9]+(?:[-_.][a-z0-9]+)*)?$/i;

/** @throws FarledError EnvironmentBuildFailed naming the spec when it can't be read or has no meaning outside conda. */
export function parseMatchSpec(text: string): MatchSpec {
  const channelled = CHANNEL.exec(text.trim());
  const channel = channelled?.groups?.['channel'] ?? null;
  const bracketed = splitBracket((channelled?.groups?.['rest'] ?? text).trim());
  const named = NAME.exec(bracketed.before.trim());
  if (named === null) {
    throw unreadable(text, 'it does not begin with the name of a package');
  }
  const name = (named.groups?.['name'] ?? '').toLowerCase();
  const { version, build } = splitBuild(named.groups?.['rest'] ?? '');
  return {
    name,
    clauses: clausesOf(bracketed.version ?? version, text),
    channel: channel ?? bracketed.channel,
    build: bracketed.build ?? build,
  };
}

function splitBracket(text: string): {
  readonly before: string;
  readonly version: string | null;
  readonly build: string | null;
  readonly channel: string | null;
} {
  const match = BRACKET.exec(text);
  const keys = new Map<string, string>();
  for (const { groups } of (match?.groups?.['keys'] ?? '').matchAll(BRACKET_KEY)) {
    keys.set(groups?.['key'] ?? '', groups?.['single'] ?? groups?.['double'] ?? groups?.['bare'] ?? '');
  }
  return {
    before: match?.groups?.['before'] ?? text,
    version: keys.get('version') ?? null,
    build: keys.get('build') ?? null,
    channel: keys.get('channel') ?? null,
  };
}

/** `=1.2=py_0`, `==1.2=py_0` and ` 1.2 py_0` end in a build string, and then name one exact version. */
function splitBuild(text: string): { readonly version: string; readonly build: string | null } {
  const equals = /^(?<operator>={1,2})\s*(?<version>[^\s=<>!~,|]+)\s*=\s*(?<build>[^\s=<>!~,|]+)$/.exec(text);
  const spaced = /^(?<version>[0-9][^\s=<>!~,|]*)(?:\s+(?<build>[^\s=<>!~,|]+))?$/.exec(text);
  const groups = equals?.groups ?? spaced?.groups;
  return groups === undefined
    ? { version: text, build: null }
    : { version: `==${groups['version'] ?? ''}`, build: groups['build'] ?? null };
}

function clausesOf(text: string, spec: string): VersionClause[] {
  const trimmed = text.trim();
  if (trimmed === '' || /^={0,2}\s*\*$/.test(trimmed)) {
    return [];
  }
  if (trimmed.includes('|')) {
    throw unreadable(spec, 'alternatives («|») can not be expressed for pip');
  }
  return trimmed.split(',').map((part) => clauseOf(part.trim(), spec));
}

function clauseOf(text: string, spec: string): VersionClause {
  const groups = CLAUSE.exec(text)?.groups;
  const version = groups?.['version'] ?? '';
  if (groups === undefined || !PEP440.test(version)) {
    throw unreadable(spec, `"${text}" is not a version that pip knows`);
  }
  const said = groups['operator'] ?? '==';
  const wildcard = groups['wildcard'] !== undefined;
  switch (said) {
    case '=':
      return { operator: '==', version: prefix(version) };
    case '==':
    case '!=':
      return { operator: said, version: wildcard ? prefix(version) : version };
    default:
      return { operator: said as VersionClause['operator'], version };
  }
}

/** Of a pre-release there is no prefix: it names one version. */
function prefix(version: string): string {
  return /^(?:\d+!)?\d+(?:\.\d+)*$/.test(version) ? `${version}.*` : version;
}

function unreadable(spec: string, why: string): FarledError {
  return new FarledError('EnvironmentBuildFailed', `The conda dependency "${spec}" can not be used: ${why}.`, {
    suggestion: 'Write it as a pip requirement in the "pip" list, like name==1.2.3.',
  });
}
