/** The lines of a watch as events. */
import { watchError } from './answer-error.ts';
import type { Call } from './call.ts';
import { KubernetesError } from './error.ts';
import { linesOf } from './lines.ts';
import type { KubernetesObject } from './objects.ts';

export type WatchEvent<Read extends KubernetesObject> =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: Read }
  /** Nothing that is watched changed up to this version. */
  | { readonly type: 'BOOKMARK'; readonly resourceVersion: string };

/** An object has at most 3 MB in the API server; JSON may escape it to several times that. */
const LONGEST_LINE = 32 * 1024 * 1024;

/** @throws KubernetesError for an ERROR event, for a line that is no event, and as `chunks` does. */
export async function* watchEvents<Read extends KubernetesObject>(
  call: Call,
  chunks: AsyncIterable<Buffer>,
): AsyncGenerator<WatchEvent<Read>, void, void> {
  const limit = {
    maximum: LONGEST_LINE,
    tooLong: () => {
      throw notUnderstood(call, 'an event is longer than this client reads');
    },
  };
  for await (const line of linesOf(chunks, limit)) {
    if (line.trim() !== '') {
      yield watchEvent<Read>(call, line);
    }
  }
}

function watchEvent<Read extends KubernetesObject>(call: Call, line: string): WatchEvent<Read> {
  // No schema: thousands of these arrive in a second, from a server that we were told to trust.
  const { type, object } = parseEvent(call, line);
  switch (type) {
    case 'ADDED':
    case 'MODIFIED':
    case 'DELETED':
      return { type, object: object as Read };
    case 'BOOKMARK':
      return { type, resourceVersion: (object as KubernetesObject).metadata.resourceVersion ?? '' };
    case 'ERROR':
      throw watchError(call, object);
    default:
      throw notUnderstood(call, 'an event is of an unknown type');
  }
}

function parseEvent(call: Call, line: string): { readonly type: unknown; readonly object: object } {
  let event: { readonly type?: unknown; readonly object?: { readonly metadata?: unknown } | null } | null;
  try {
    event = JSON.parse(line) as typeof event;
  } catch {
    // A connection that breaks leaves half a line; the cause would quote it.
    throw notUnderstood(call, 'a line is not JSON');
  }
  if (typeof event?.object !== 'object' || event.object === null || typeof event.object.metadata !== 'object') {
    throw notUnderstood(call, 'an event has no object');
  }
  return { type: event.type, object: event.object };
}

function notUnderstood(call: Call, what: string): KubernetesError {
  return new KubernetesError('NotUnderstood', `Could not ${call.verb} ${call.subject}: ${what}.`);
}
