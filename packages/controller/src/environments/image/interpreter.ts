/** Decides which Python of a base image an environment is made for. */
import { FarledError } from '@farled/contract';

import type { VersionClause } from '../conda/match-spec.ts';
import { describe, type Interpreter } from '../python/choose.ts';
import { compareVersions, formatMinor, minorSatisfies } from '../python/version.ts';

export interface BaseImage {
  /** As its user knows it. */
  readonly reference: string;
  /** The patch is not known: packages do not depend on it. */
  readonly interpreters: readonly Interpreter[];
}

export interface ChosenInterpreter {
  readonly interpreter: Interpreter;
  /** For the build's log. */
  readonly line: string;
}

/** @throws FarledError PythonVersionUnavailable naming what the base image has. */
export function chooseInterpreter(
  clauses: readonly VersionClause[],
  base: BaseImage,
  policy: 'exact' | 'nearest',
): ChosenInterpreter {
  const newestFirst = base.interpreters.toSorted((a, b) => compareVersions(b.version, a.version));
  const wanted = newestFirst.find(({ version }) => minorSatisfies(version, clauses));
  if (wanted !== undefined) {
    return { interpreter: wanted, line: `Python ${formatMinor(wanted.version)} of the base image ${base.reference}.` };
  }
  const nearest = policy === 'nearest' ? newestFirst.at(-1) : undefined;
  if (nearest === undefined) {
    const has = newestFirst.map(({ version, path }) => `${formatMinor(version)} (${path})`).join(', ');
    throw new FarledError(
      'PythonVersionUnavailable',
      `The environment asks for ${clauses.length === 0 ? 'a Python' : `python ${describe(clauses)}`}, and the base image ${base.reference} has ${has === '' ? 'none' : `only ${has}`}.`,
      { suggestion: 'Name a base image that has it (docker.baseImage), or ask for a version that this one has.' },
    );
  }
  return {
    interpreter: nearest,
    line: `WARNING: Python ${describe(clauses)} was asked for and is not in the base image ${base.reference}. Its Python ${formatMinor(nearest.version)} is used instead: packages and script may behave differently.`,
  };
}
