/** Finds the interpreter for an environment: installed, downloaded, or, where the policy lets it, the nearest newer one. */
import type { Clock } from '@farled/service';

import type { Tell } from '../../shared-work.ts';
import type { VersionClause } from '../conda/match-spec.ts';
import { choosePython, describe, type Interpreter, nearestPython, unavailable } from './choose.ts';
import { downloadPython, installedPythons, type UvParts } from './installed.ts';
import { formatVersion, parsePythonVersion } from './version.ts';

/** How long a version that could not be downloaded is not tried again. */
const GIVE_UP_MS = 10 * 60_000;

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
  ): Promise<Interpreter> {
    const { clauses, policy } = wish;
    const installed = await installedPythons(uv);
    const choice = choosePython(clauses, installed);
    if (choice.kind === 'found') {
      return this.#take(choice.interpreter, choice.note, tell);
    }
    if (await this.#download(uv, choice.wanted, tell)) {
      const again = choosePython(clauses, await installedPythons(uv));
      if (again.kind === 'found') {
        return this.#take(again.interpreter, again.note, tell);
      }
    }
    if (policy === 'exact') {
      throw unavailable(clauses, installed);
    }
    const nearest = nearestPython(clauses, installed);
    tell(
      `WARNING: Python ${describe(clauses)} was asked for and is not on this machine. Python ${formatVersion(nearest.version)}, the nearest newer one, is used instead: packages and script may behave differently.`,
    );
    return this.#take(nearest, null, tell);
  }

  #take(interpreter: Interpreter, note: string | null, tell: Tell): Interpreter {
    if (note !== null) {
      tell(note);
    }
    tell(`Python ${formatVersion(interpreter.version)} (${interpreter.path}).`);
    return interpreter;
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

/** An open wish such as «>=3.99» names no version that could be asked for. */
const NEWEST_IMAGINABLE = 30;
