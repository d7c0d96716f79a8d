/** The one way to refuse what Azure ML v1 has and Farled does not have yet. */
import { FarledError } from '@farled/contract';

/** `what` starts the sentence: «Model profiling». */
export function notSupportedYet(what: string, instead?: string): FarledError {
  return new FarledError(
    'NotSupportedYet',
    `${what} is not supported yet.`,
    instead === undefined ? {} : { suggestion: instead },
  );
}

/** Throws for the first value that was said although nothing acts on it: never ignored silently. */
export function refuseUnbuilt(values: Readonly<Record<string, unknown>>, instead?: string): void {
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined && value !== null && value !== false) {
      throw notSupportedYet(name, instead);
    }
  }
}
