/** What of an answer is compared, and with what difference. */
import type { Asked } from './case.ts';
import type { Answer } from './servers.ts';

export interface Compared {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** Of the connection and of the server: none that a client's code depends on. */
const NOT_COMPARED = new Set(['connection', 'keep-alive', 'date', 'server', 'content-length', 'transfer-encoding']);
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export function compared({ status, headers, body }: Answer): Compared {
  const generated = UUID.test(headers['x-request-id'] ?? '') ? headers['x-request-id'] : null;
  const entries = Object.entries(headers)
    .filter(([name]) => !NOT_COMPARED.has(name))
    .map(([name, value]) => [name, name === 'allow' ? sorted(value) : value === generated ? '<generated>' : value])
    .map(([name = '', value = '']) => [name, name.endsWith('exec-ms') && /^\d+\.\d{3}$/.test(value) ? '<ms>' : value]);
  return { status, headers: Object.fromEntries(entries) as Record<string, string>, body: readable(body) };
}

/** What Farled has to answer when the peer answered this. */
export function expected(peer: Compared, { differs }: Asked): Compared {
  if (differs === undefined) {
    return peer;
  }
  const headers = Object.entries({ ...peer.headers, ...differs.headers }).filter(([, value]) => value !== null);
  return {
    status: differs.status ?? peer.status,
    headers: Object.fromEntries(headers) as Record<string, string>,
    body: 'body' in differs ? differs.body : peer.body,
  };
}

function sorted(list: string): string {
  return list
    .split(',')
    .map((one) => one.trim())
    .toSorted()
    .join(', ');
}

/** JSON as its value: blanks and the order of members mean nothing. */
function readable(body: Buffer): unknown {
  const text = body.toString('latin1');
  try {
    return JSON.parse(body.toString()) as unknown;
  } catch {
    return text;
  }
}
