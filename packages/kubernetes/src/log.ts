/** A container's log, line by line. */
import { describeObject, objectPath } from './address.ts';
import type { LogOptions, ObjectKey } from './client.ts';
import { KINDS } from './kinds.ts';
import { linesOf } from './lines.ts';
import type { Requester } from './requester.ts';

const LONGEST_LINE = 64 * 1024;
const CUT = ' [the rest of this line was left out]';

export async function* readLog(
  requester: Requester,
  pod: Required<ObjectKey>,
  { container, tailLines, previous, follow = false, timestamps, sinceTime }: LogOptions,
  signal: AbortSignal,
): AsyncGenerator<string, void, void> {
  const subject = `the log of ${describeObject(KINDS.pod, pod)}${container === undefined ? '' : ` (${container})`}`;
  try {
    const chunks = await requester.stream(
      {
        verb: 'read',
        subject,
        method: 'GET',
        path: objectPath(KINDS.pod, pod, 'log'),
        query: { container, tailLines, previous, follow, timestamps, sinceTime },
        repeatable: true,
      },
      { headMs: null, repeat: true },
      signal,
    );
    yield* linesOf(chunks, {
      maximum: LONGEST_LINE,
      tooLong: (beginning) => beginning.toString('utf8') + CUT,
    });
  } catch (error) {
    // Who follows ends it by this signal: for them it is no failure.
    if (!(follow && signal.aborted)) {
      throw error;
    }
  }
}
