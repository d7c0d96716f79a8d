/** The head of a request of HTTP/2 as HTTP/1.1 writes it, so that the same reader finds the same faults in it. Pure. */
import { constants } from 'node:http2';

const { HTTP2_HEADER_AUTHORITY, HTTP2_HEADER_METHOD, HTTP2_HEADER_PATH } = constants;

/** A line end in a name or value would be more headers. The library refuses them; nothing hangs on that. */
const BREAKS = /[\r\n\0]/;
const NAME = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/;

/**
 * @param raw names and values in turn, pseudo-headers among them.
 * @param hasBody whether a body follows.
 * @returns undefined for what can't be written.
 */
export function requestText(raw: readonly string[], hasBody: boolean): string | undefined {
  const pseudo: Record<string, string> = {};
  let fields = '';
  let cookie = '';
  let host: string | undefined;
  let hasLength = false;
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = raw[index] as string;
    const value = raw[index + 1] as string;
    if (BREAKS.test(value) || !(name.startsWith(':') || NAME.test(name))) {
      return undefined;
    }
    if (name.startsWith(':')) {
      pseudo[name] = value;
    } else if (name === 'cookie') {
      // RFC 9113, 8.2.3: it may come in pieces, which are one header of HTTP/1.1.
      cookie += cookie === '' ? value : `; ${value}`;
    } else if (name === 'host') {
      host = value;
    } else {
      hasLength ||= name === 'content-length';
      fields += `${name}: ${value}\r\n`;
    }
  }
  const authority = pseudo[HTTP2_HEADER_AUTHORITY] ?? host;
  const hosts = [authority, host === authority ? undefined : host].filter((one) => one !== undefined);
  const lines = [
    ...hosts.map((one) => `host: ${one}\r\n`),
    ...(cookie === '' ? [] : [`cookie: ${cookie}\r\n`]),
    ...(hasBody && !hasLength ? ['transfer-encoding: chunked\r\n'] : []),
  ];
  // CONNECT has no path, and is refused for what it is.
  const target = pseudo[HTTP2_HEADER_PATH] ?? '/';
  return `${pseudo[HTTP2_HEADER_METHOD] ?? ''} ${target} HTTP/1.1\r\n${fields}${lines.join('')}\r\n`;
}
