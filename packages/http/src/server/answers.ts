/** The lines that answers begin with. */
import { STATUS_CODES } from 'node:http';

const STATUS_LINES = Array.from(
  { length: 1000 },
  (_, status) => `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Unknown'}\r\n`,
);
const SECOND = 1000;

export const CLOSE = 'connection: close\r\n';

export function statusLine(status: number): string {
  return STATUS_LINES[status] ?? '';
}

export function keepAlive(milliseconds: number): string {
  return `connection: keep-alive\r\nkeep-alive: timeout=${Math.floor(milliseconds / SECOND)}\r\n`;
}

let second = -1;
let line = '';

/** RFC 9110, 6.6.1: who has a clock says the time. Made once a second. */
export function dateLine(now: number): string {
  const current = Math.floor(now / SECOND);
  if (current !== second) {
    second = current;
    line = `date: ${new Date(now).toUTCString()}\r\n`;
  }
  return line;
}
