/** Finds the interpreter for an environment: installed, downloaded, or, where the policy lets it, the nearest newer one. */
import type { Clock } from '@farled/service';

import type { Tell } from '../../shared-work.ts';
import type { VersionClause } from '../conda/match-spec.ts';
import { choosePython, describe, type Interpreter, isTooOld, nearestPython, unavailable } from './choose.ts';
import { downloadPython, installedPythons, type UvParts } from './installed.ts';
import { formatVersion, parsePythonVersion } from './version.ts';

/** How long a version that could not be downloaded is not tried again. */
const GIVE_UP_MS = 10 * 60_000;

interface Resolved {
  readonly interpreter: Interpreter;
  /** What the log was told about the choice. */
  readonly lines: readonly string[];
  /** The minor version that this one is taken instead of, and that may come to be installed. */
  readonly insteadOf: string | null;
}

export class Pythons {
  readonly #clock: Clock;
  readonly #failedAt = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @throws FarledError PythonVersionUnavailable when the policy leaves nothing to take. */
  async resolve(
    uv: UvParts,
    wish: { readonly clauses: readonly VersionClause[]; readonly policy: 'exact' | 'nearest' },
    tell: Tell,
  ): Promise<Resolved> {
    const { clauses, policy } = wish;
    const installed = await installedPythons(uv);
    const choice = choosePython(clauses, installed);
    if (choice.kind === 'found') {
      return take(choice.interpreter, choice.note, tell);
    }
    const tooOld = isTooOld(clauses);
    if (!tooOld && (await this.#download(uv, choice.wanted, tell))) {
      const again = choosePython(clauses, await installedPythons(uv));
      if (again.kind === 'found') {
        return take(again.interpreter, again.note, tell);
      }
    }
    if (policy === 'exact') {
      throw unavailable(clauses, installed);
    }
    const nearest = nearestPython(clauses, installed);
    const why = tooOld ? 'is too old for replicas' : 'is not on this machine';
    const warning = `WARNING: Python ${describe(clauses)} was asked for and ${why}. Python ${formatVersion(nearest.version)}, the nearest newer one, is used instead: packages and script may behave differently.`;
    return { ...take(nearest, warning, tell), insteadOf: tooOld ? null : choice.wanted };
  }

  async #download(uv: UvParts, wanted: string, tell: Tell): Promise<boolean> {
    const version = parsePythonVersion(wanted);
    const failedAt = this.#failedAt.get(wanted);
    const triedLately = failedAt !== undefined && this.#clock.now() - failedAt < GIVE_UP_MS;
    if (triedLately || version === null || version[0] < 3 || version[1] > NEWEST_IMAGINABLE) {
      return false;
    }
    const done = await downloadPython(uv, wanted, tell);
    if (!done) {
      this.#failedAt.set(wanted, this.#clock.now());
    }
    return done;
  }
}

function take(interpreter: Interpreter, note: string | null, tell: Tell): Resolved {
  const lines = [
    ...(note === null ? [] : [note]),
    `Python ${formatVersion(interpreter.version)} (${interpreter.path}).`,
  ];
  lines.forEach((line) => tell(line));
  return { interpreter, lines, insteadOf: null };
}

/** An open wish such as «>=3.99» names no version that could be asked for. */
const NEWEST_IMAGINABLE = 30;
