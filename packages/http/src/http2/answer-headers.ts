/** Headers of an answer, from lines of HTTP/1.1 to what HTTP/2 has. Pure. */
import type { OutgoingHttpHeaders } from 'node:http2';

/** Of the connection, which HTTP/2 has none of. RFC 9113, 8.2.2. */
const NONE_OF_HTTP2: ReadonlySet<string> = new Set(['connection', 'keep-alive', 'upgrade', 'http2-settings']);

/** @param lines each with CR LF; of names that are tokens. */
export function answerHeaders(status: number, lines: string): OutgoingHttpHeaders {
  const headers = Object.assign(Object.create(null) as OutgoingHttpHeaders, { ':status': status });
  let from = 0;
  for (let end = lines.indexOf('\r\n'); end >= 0; end = lines.indexOf('\r\n', from)) {
    const colon = lines.indexOf(':', from);
    const name = lines.slice(from, colon).toLowerCase();
    const value = lines.slice(colon + 1, end).trim();
    from = end + 2;
    if (NONE_OF_HTTP2.has(name)) {
      continue;
    }
    const before = headers[name];
    if (before === undefined) {
      headers[name] = value;
    } else if (name === 'set-cookie') {
      headers[name] = [...(Array.isArray(before) ? before : [String(before)]), value];
    } else {
      // RFC 9110, 5.3: what comes several times is a list.
      headers[name] = `${String(before)}, ${value}`;
    }
  }
  return headers;
}
