/** Which headers pass. RFC 9110, 7.6.1: those of the connection are for the next hop alone. */
import type { IncomingHttpHeaders } from 'node:http';

const HOP_BY_HOP: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

type Named = Record<string, string | string[]>;

function named(connection: string | readonly string[] | undefined): ReadonlySet<string> | null {
  if (connection === undefined) {
    return null;
  }
  const text = typeof connection === 'string' ? connection : connection.join(',');
  return new Set(text.split(',').map((name) => name.trim().toLowerCase()));
}

/** What the replica gets: the key is the router's business, and the length is stated anew. */
export function toReplica(headers: IncomingHttpHeaders, added: Readonly<Record<string, string>>): Named {
  const result: Named = {};
  const own = named(headers.connection);
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || HOP_BY_HOP.has(name) || own?.has(name) === true) {
      continue;
    }
    // Expect was answered by the router; Farled's own headers are not a client's to set.
    if (name === 'authorization' || name === 'host' || name === 'expect' || name.startsWith('x-farled-')) {
      continue;
    }
    result[name] = value;
  }
  return Object.assign(result, added);
}

/** What the client gets. */
export function toClient(headers: Readonly<Record<string, string | string[] | undefined>>): Named {
  const result: Named = {};
  const own = named(headers['connection']);
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || HOP_BY_HOP.has(name) || own?.has(name) === true || name.startsWith('x-farled-')) {
      continue;
    }
    result[name] = value;
  }
  return result;
}
