/** Which bytes of a file are asked for. */
import type { IncomingHttpHeaders } from 'node:http';

import type { ByteRange } from '@farled/state';

/** All of it, some of it, or what it has not. */
export type Wanted = 'all' | 'nothing' | ByteRange;

/** RFC 9110, 14.2: what can't be read as one range is passed over. Clients of Azure say it in a header of their own. */
export function wantedBytes(headers: IncomingHttpHeaders, size: number): Wanted {
  const said = headers['x-ms-range'] ?? headers.range;
  const [, first, last] = (typeof said === 'string' && /^bytes=(\d*)-(\d*)$/.exec(said.trim())) || [];
  if (first === undefined || last === undefined || (first === '' && last === '')) {
    return 'all';
  }
  if (first === '') {
    const length = Math.min(Number(last), size);
    return length === 0 ? 'nothing' : { start: size - length, end: size - 1 };
  }
  const start = Number(first);
  const end = last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (last !== '' && Number(last) < start) {
    return 'all';
  }
  return start >= size ? 'nothing' : { start, end };
}
