/** A request as a worker gets it. */
import type { EntryFacts } from './entry-facts.ts';
import type { Fields } from './fields.ts';
import { REQUEST } from './frames.ts';

export interface WorkerRequest {
  readonly kind: number;
  readonly source: Source;
  readonly body: readonly Uint8Array[];
}

/** What came, of which a worker is told only what its script asks for. */
export interface Source {
  readonly method: string;
  readonly path: string;
  /** Without its question mark. */
  readonly query: string;
  readonly fields: Fields;
  readonly remote: string;
}

const NO_HEAD = Buffer.alloc(0);

export function workerRequest(mode: EntryFacts['mode'], source: Source, body: readonly Uint8Array[]): WorkerRequest {
  if (mode === 'raw') {
    return { kind: REQUEST.raw, source, body };
  }
  // The bytes of a target are had as latin-1.
  return source.method === 'GET'
    ? { kind: REQUEST.query, source, body: [Buffer.from(source.query, 'latin1')] }
    : { kind: REQUEST.body, source, body };
}

/** The head of its frame: nothing, the headers, or all that is known of a raw request. */
export function encodeHead({ kind, source }: WorkerRequest, wantsHeaders: boolean): Buffer {
  if (kind === REQUEST.raw) {
    const { fields, ...rest } = source;
    return Buffer.from(JSON.stringify({ ...rest, headers: titled(fields.raw) }));
  }
  return wantsHeaders ? Buffer.from(JSON.stringify(titled(source.fields.raw))) : NO_HEAD;
}

/** As the script's request_headers has them: «X-Request-Id», repeats joined. anchors: Python's str.title(). */
function titled(raw: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (let index = 0; index < raw.length; index += 2) {
    const name = (raw[index] ?? '')
      .toLowerCase()
      .replaceAll(/[a-z]+/g, (word) => word[0]?.toUpperCase() + word.slice(1));
    const value = raw[index + 1] ?? '';
    if (!name.includes('_')) {
      headers[name] = headers[name] === undefined ? value : `${headers[name]},${value}`;
    }
  }
  return headers;
}
