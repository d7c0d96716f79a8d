/** Translates conda dependencies into what pip can install. */
import { type CondaDependencies, FarledError } from '@farled/contract';

import { type IndexOptions, NO_INDEX_OPTIONS, readPipEntry } from '../pip-entry.ts';
import { type MatchSpec, parseMatchSpec, type VersionClause } from './match-spec.ts';
import { isBroughtAlong, isOfTheMachine, PIP_NAMES } from './names.ts';

export interface PipRequirements {
  /** What was asked of Python's version; empty is any. */
  readonly python: readonly VersionClause[];
  /** Lines of a requirements file, without options. */
  readonly requirements: readonly string[];
  readonly index: IndexOptions;
  /** Sentences for the build's log about what was left out or renamed. */
  readonly notes: readonly string[];
}

/** @throws FarledError EnvironmentBuildFailed naming the dependency that can't be used. */
export function toPipRequirements(conda: CondaDependencies): PipRequirements {
  const python: VersionClause[] = [];
  const requirements: string[] = [];
  const notes: string[] = [];
  let index = NO_INDEX_OPTIONS;
  for (const dependency of conda.dependencies) {
    if (typeof dependency === 'string') {
      const spec = parseMatchSpec(dependency);
      if (spec.name === 'python') {
        python.push(...spec.clauses);
      } else {
        const { requirement, note } = translate(spec, dependency);
        requirements.push(...(requirement === null ? [] : [requirement]));
        notes.push(...(note === null ? [] : [note]));
      }
      continue;
    }
    for (const text of dependency.pip) {
      const entry = readPipEntry(text);
      index = mergeIndexOptions(index, entry.index);
      requirements.push(...(entry.requirement === null ? [] : [entry.requirement]));
    }
  }
  return { python, requirements, index, notes };
}

function translate(
  spec: MatchSpec,
  text: string,
): { readonly requirement: string | null; readonly note: string | null } {
  if (isBroughtAlong(spec.name)) {
    return {
      requirement: null,
      note: `Conda package "${text}" is left out: pip's packages bring what they need of it.`,
    };
  }
  if (isOfTheMachine(spec.name)) {
    throw new FarledError(
      'EnvironmentBuildFailed',
      `The conda package "${text}" is not a Python package, so it can't be installed.`,
      {
        suggestion: `Install ${spec.name} on this machine, and remove it from the conda dependencies.`,
      },
    );
  }
  const name = PIP_NAMES[spec.name] ?? spec.name;
  const requirement = `${name}${spec.clauses.map(({ operator, version }) => `${operator}${version}`).join(',')}`;
  const changes = [
    ...(name === spec.name ? [] : [`it is called ${name} there`]),
    ...(spec.build === null ? [] : [`its build "${spec.build}" is conda's`]),
  ];
  return {
    requirement,
    note:
      changes.length === 0
        ? null
        : `Conda package "${text}" is installed with pip as ${requirement}: ${changes.join(', ')}.`,
  };
}

function mergeIndexOptions(a: IndexOptions, b: IndexOptions): IndexOptions {
  return {
    index: b.index ?? a.index,
    extraIndexes: [...a.extraIndexes, ...b.extraIndexes],
    findLinks: [...a.findLinks, ...b.findLinks],
    insecureHosts: [...a.insecureHosts, ...b.insecureHosts],
    prereleases: a.prereleases || b.prereleases,
  };
}
