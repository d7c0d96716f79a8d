/** Python versions: how they compare, and what a condition lets through. */
import type { VersionClause } from '../conda/match-spec.ts';

/** Major, minor, patch. */
export type PythonVersion = readonly [major: number, minor: number, patch: number];

export function parsePythonVersion(text: string): PythonVersion | null {
  const match = /^(\d+)\.(\d+)(?:\.(\d+))?/.exec(text);
  return match === null ? null : [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)];
}

export function formatVersion(version: PythonVersion): string {
  return version.join('.');
}

/** «3.11», what environments are made for: patches of one minor version run the same packages. */
export function formatMinor([major, minor]: PythonVersion): string {
  return `${major}.${minor}`;
}

export function compareVersions(a: readonly number[], b: readonly number[]): number {
  for (let index = 0; index < Math.max(a.length, b.length); index += 1) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) {
      return difference;
    }
  }
  return 0;
}

/** Whether a patch of that version meets all clauses. */
export function satisfies(version: PythonVersion, clauses: readonly VersionClause[]): boolean {
  return clauses.every((clause) => satisfiesOne(version, clause));
}

/** Whether some patch of that minor version can meet all clauses, each taken by itself. */
export function minorSatisfies([major, minor]: PythonVersion, clauses: readonly VersionClause[]): boolean {
  return clauses.every((clause) => {
    const patches = [0, ...patchesAround(clause), MANY];
    return patches.some((patch) => satisfiesOne([major, minor, patch], clause));
  });
}

/** More patches than any minor version has had. */
const MANY = 99;

function patchesAround({ version }: VersionClause): number[] {
  const patch = parts(version)[2];
  return patch === undefined ? [] : [Math.max(0, patch - 1), patch, patch + 1];
}

function satisfiesOne(version: PythonVersion, { operator, version: text }: VersionClause): boolean {
  const wanted = parts(text);
  const isPrefix = text.endsWith('.*') || wanted.length < 3;
  const hasPrefix = wanted.every((part, index) => version[index] === part);
  const order = compareVersions(version, wanted);
  switch (operator) {
    case '==':
      return isPrefix ? hasPrefix : order === 0;
    case '!=':
      return isPrefix ? !hasPrefix : order !== 0;
    case '>=':
      return order >= 0;
    case '<=':
      return order <= 0 || (isPrefix && hasPrefix);
    case '>':
      return order > 0 && !(isPrefix && hasPrefix);
    case '<':
      return order < 0;
    case '~=':
      return order >= 0 && wanted.slice(0, -1).every((part, index) => version[index] === part);
  }
}

function parts(text: string): number[] {
  return text
    .replace(/\.\*$/, '')
    .split('.')
    .map((part) => Number.parseInt(part, 10));
}
