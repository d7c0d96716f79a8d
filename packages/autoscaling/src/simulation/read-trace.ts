/** A recorded trace as text: CSV or lines of JSON, one request each. Pure. */
import { FarledError } from '@farled/contract';

import type { Request, Trace } from './trace.ts';

export interface TraceText {
  /** Stands in messages. */
  readonly name: string;
  readonly text: string;
  /** Milliseconds that a replica takes for a request of which the trace does not say it. */
  readonly serviceMs: number;
}

const MOST_REQUESTS = 5_000_000;
/** The trace goes on for as long after its last request. */
const AFTER_MS = 1000;

/**
 * Each line has when a request came, in seconds or as a date, and maybe the milliseconds that it takes: `12.5,180` or
 * `{"at": 12.5, "serviceMs": 180}`. A first line of CSV without a time is a heading; other columns are passed over.
 * Times are counted from the first request; they may be in any order.
 *
 * @throws FarledError InvalidDocument, with the line.
 */
export function readTrace({ name, text, serviceMs }: TraceText): Trace {
  const requests: Request[] = [];
  let number = 0;
  for (const line of text.split(/\r?\n/)) {
    number += 1;
    if (line.trim() === '') {
      continue;
    }
    const [at, lasts] = line.trimStart().startsWith('{') ? ofJson(line) : line.split(',').map((cell) => cell.trim());
    const atMs = timeOf(at);
    if (atMs === null && requests.length === 0 && number === 1 && !line.trimStart().startsWith('{')) {
      continue;
    }
    if (atMs === null) {
      throw wrong(name, number, 'no time, which is seconds or a date as in 2026-03-01T10:00:00Z', line);
    }
    const lastsMs = lasts === undefined || lasts === '' ? serviceMs : Number(lasts);
    if (!Number.isFinite(lastsMs) || lastsMs < 0) {
      throw wrong(name, number, 'a duration that is no number of milliseconds', line);
    }
    if (requests.length === MOST_REQUESTS) {
      throw new FarledError('InvalidDocument', `The trace "${name}" has more than ${MOST_REQUESTS} requests.`, {
        suggestion: 'Simulate a part of it.',
      });
    }
    requests.push({ at: atMs, serviceMs: lastsMs });
  }
  const sorted = requests.toSorted((a, b) => a.at - b.at);
  const [first] = sorted;
  if (first === undefined) {
    throw new FarledError('InvalidDocument', `The trace "${name}" has no requests.`);
  }
  const counted = sorted.map((request) => ({ at: request.at - first.at, serviceMs: request.serviceMs }));
  return { name, durationMs: Math.ceil((counted.at(-1)?.at ?? 0) + AFTER_MS), requests: counted };
}

function ofJson(line: string): readonly [at: string | undefined, serviceMs: string | undefined] {
  try {
    const { at, serviceMs } = JSON.parse(line) as { at?: unknown; serviceMs?: unknown };
    return [worded(at), worded(serviceMs)];
  } catch {
    return [undefined, undefined];
  }
}

/** What is neither a number nor a text is no value at all, and refused as such. */
function worded(value: unknown): string | undefined {
  return value === undefined || value === null
    ? undefined
    : typeof value === 'string' || typeof value === 'number'
      ? String(value)
      : 'nothing';
}

function timeOf(text: string | undefined): number | null {
  if (text === undefined || text === '') {
    return null;
  }
  const at = /^-?\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text);
  return Number.isFinite(at) ? at : null;
}

function wrong(name: string, line: number, what: string, text: string): FarledError {
  return new FarledError('InvalidDocument', `Line ${line} of the trace "${name}" has ${what}: ${text.slice(0, 80)}`);
}
