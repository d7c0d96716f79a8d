/** Decides which installed Python an environment is made with. */
import { FarledError } from '@farled/contract';

import type { VersionClause } from '../conda/match-spec.ts';
import { compareVersions, formatVersion, minorSatisfies, type PythonVersion, satisfies } from './version.ts';

export interface Interpreter {
  readonly version: PythonVersion;
  /** Absolute path. */
  readonly path: string;
}

export type PythonChoice =
  | { readonly kind: 'found'; readonly interpreter: Interpreter; readonly note: string | null }
  /** Not here; this version could be downloaded. */
  | { readonly kind: 'absent'; readonly wanted: string };

/** The oldest Python that the worker of a replica runs in. */
const OLDEST: PythonVersion = [3, 8, 0];

/** Without a wish: the newest of these, for which most packages have wheels. */
const USUAL_NEWEST: PythonVersion = [3, 13, 0];
const USUAL_OLDEST: PythonVersion = [3, 11, 0];

/** The best installed interpreter for the wish. A minor version decides; within it the asked patch is preferred. */
export function choosePython(clauses: readonly VersionClause[], installed: readonly Interpreter[]): PythonChoice {
  const usable = usableOf(installed);
  if (clauses.length === 0) {
    const usual = usable.find((one) => isBetween(one.version, USUAL_OLDEST, USUAL_NEWEST));
    const chosen = usual ?? usable.findLast((one) => compareVersions(one.version, USUAL_NEWEST) > 0) ?? usable[0];
    return chosen === undefined
      ? { kind: 'absent', wanted: minor(USUAL_NEWEST) }
      : { kind: 'found', interpreter: chosen, note: null };
  }
  const exact = usable.find((one) => satisfies(one.version, clauses));
  if (exact !== undefined) {
    return { kind: 'found', interpreter: exact, note: null };
  }
  const sameMinor = usable.find((one) => minorSatisfies(one.version, clauses));
  if (sameMinor !== undefined) {
    const note = `Python ${formatVersion(sameMinor.version)} is used for "${describe(clauses)}": another patch of the same version.`;
    return { kind: 'found', interpreter: sameMinor, note };
  }
  return { kind: 'absent', wanted: minor(highestWanted(clauses)) };
}

/** The nearest newer interpreter for a wish that none meets; throws when there is none newer. */
export function nearestPython(clauses: readonly VersionClause[], installed: readonly Interpreter[]): Interpreter {
  const wanted = highestWanted(clauses);
  const newer = usableOf(installed).filter((one) => compareVersions(one.version.slice(0, 2), wanted.slice(0, 2)) > 0);
  const lowestMinor = newer.at(-1)?.version[1];
  const nearest = newer.find((one) => one.version[1] === lowestMinor);
  if (nearest === undefined || wanted[0] < 3) {
    throw unavailable(clauses, installed);
  }
  return nearest;
}

export function unavailable(clauses: readonly VersionClause[], installed: readonly Interpreter[]): FarledError {
  const here = [...new Set(sorted(installed).map((one) => formatVersion(one.version)))];
  const wish = clauses.length === 0 ? 'any version' : `python ${describe(clauses)}`;
  const why = isTooOld(clauses)
    ? `and replicas run in Python ${minor(OLDEST)} and newer`
    : "which is not on this machine and can't be downloaded";
  return new FarledError(
    'PythonVersionUnavailable',
    `The environment asks for ${wish}, ${why}. Installed: ${here.length === 0 ? 'none' : here.join(', ')}.`,
    {
      suggestion: isTooOld(clauses)
        ? `Ask for one of those: "python=${minor(OLDEST)}" in the conda dependencies.`
        : 'Install it (for example with pyenv or uv python install), or ask for an installed version: "python=3.x" in the conda dependencies.',
    },
  );
}

/** Whether no Python that a replica can run in meets the wish, wherever it may be had. */
export function isTooOld(clauses: readonly VersionClause[]): boolean {
  return compareVersions(highestWanted(clauses), OLDEST) < 0;
}

/** The clauses as one writes them. */
export function describe(clauses: readonly VersionClause[]): string {
  return clauses.map(({ operator, version }) => `${operator}${version}`).join(',');
}

function usableOf(installed: readonly Interpreter[]): Interpreter[] {
  return sorted(installed).filter((one) => compareVersions(one.version, OLDEST) >= 0);
}

/** Newest first. */
function sorted(installed: readonly Interpreter[]): Interpreter[] {
  return installed.toSorted((a, b) => compareVersions(b.version, a.version));
}

function isBetween(version: PythonVersion, lowest: PythonVersion, highest: PythonVersion): boolean {
  const ofMinor = [version[0], version[1]];
  return compareVersions(ofMinor, lowest.slice(0, 2)) >= 0 && compareVersions(ofMinor, highest.slice(0, 2)) <= 0;
}

/** The highest minor version that the clauses allow, known or not. */
function highestWanted(clauses: readonly VersionClause[]): PythonVersion {
  const candidates = [
    ...Array.from({ length: 40 }, (_, index): PythonVersion => [3, 39 - index, 0]),
    ...Array.from({ length: 8 }, (_, index): PythonVersion => [2, 7 - index, 0]),
  ];
  return candidates.find((version) => minorSatisfies(version, clauses)) ?? [3, 39, 0];
}

function minor(version: PythonVersion): string {
  return `${version[0]}.${version[1]}`;
}
