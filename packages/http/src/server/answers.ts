/** The lines that answers begin with. */
import { STATUS_CODES } from 'node:http';

import { FIELD_ID } from '../http1/field-ids.ts';
import { passedFields, withheldWith } from '../http1/passed-fields.ts';
import type { ResponseHead } from '../http1/response-head.ts';

const STATUS_LINES = Array.from(
  { length: 1000 },
  (_, status) => `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Unknown'}\r\n`,
);
const SECOND = 1000;
const HIDDEN_TO_CLIENT = withheldWith([]);
const HIDDEN_WITH_VERSION = withheldWith([FIELD_ID.version]);

export const JSON_TYPE = 'content-type: application/json\r\n';
export const TEXT_TYPE = 'content-type: text/plain\r\n';
export const CLOSE = 'connection: close\r\n';

export function statusLine(status: number): string {
  return STATUS_LINES[status] ?? '';
}

/** Lines of another server's answer that pass: without its version, where one is said in its place. */
export function answerFields(head: ResponseHead, versionLine: string): string {
  return passedFields(head, versionLine === '' ? HIDDEN_TO_CLIENT : HIDDEN_WITH_VERSION);
}

/** RFC 9110, 6.4.1. */
export function hasNoBody(status: number): boolean {
  return status === 204 || status === 304;
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
