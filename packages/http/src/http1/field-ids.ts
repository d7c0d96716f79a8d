/** The headers that mean something to a router; all others pass as they are. */
import { CLIENT_TIMEOUT_HEADER, DEADLINE_HEADER, NOT_EXECUTED_HEADER, VERSION_HEADER } from '@farled/contract';

const OWN_PREFIX = 'x-farled-';

export const FIELD_ID = {
  other: 0,
  host: 1,
  contentLength: 2,
  transferEncoding: 3,
  connection: 4,
  expect: 5,
  authorization: 6,
  requestId: 7,
  date: 8,
  /** Of the connection alone, and without a meaning here. */
  hop: 9,
  upgrade: 10,
  notExecuted: 11,
  /** Farled's, and not for others to set or see. */
  own: 12,
  /** Which version of an endpoint is to answer, or did. */
  version: 13,
  /** How long the client waits for its answer, in milliseconds. */
  timeout: 14,
} as const;
export type FieldId = (typeof FIELD_ID)[keyof typeof FIELD_ID];

/** RFC 9110, 7.6.1. */
const KNOWN: readonly (readonly [string, FieldId])[] = [
  ['host', FIELD_ID.host],
  ['content-length', FIELD_ID.contentLength],
  ['transfer-encoding', FIELD_ID.transferEncoding],
  ['connection', FIELD_ID.connection],
  ['expect', FIELD_ID.expect],
  ['authorization', FIELD_ID.authorization],
  ['x-request-id', FIELD_ID.requestId],
  ['date', FIELD_ID.date],
  ['keep-alive', FIELD_ID.hop],
  ['proxy-authenticate', FIELD_ID.hop],
  ['proxy-authorization', FIELD_ID.hop],
  ['proxy-connection', FIELD_ID.hop],
  ['te', FIELD_ID.hop],
  ['trailer', FIELD_ID.hop],
  ['upgrade', FIELD_ID.upgrade],
  [NOT_EXECUTED_HEADER, FIELD_ID.notExecuted],
  [DEADLINE_HEADER, FIELD_ID.own],
  [VERSION_HEADER, FIELD_ID.version],
  [CLIENT_TIMEOUT_HEADER, FIELD_ID.timeout],
];

interface Known {
  readonly name: Uint8Array;
  readonly id: FieldId;
}

/** By length: names of equal length are few. */
const BY_LENGTH: readonly (readonly Known[])[] = Array.from(
  { length: Math.max(...KNOWN.map(([name]) => name.length)) + 1 },
  (_, length) =>
    KNOWN.filter(([name]) => name.length === length).map(([name, id]) => ({ name: Buffer.from(name), id })),
);
const PREFIX = Buffer.from(OWN_PREFIX);

/** Of a name that is a token, in any case. */
export function fieldIdOf(bytes: Uint8Array, start: number, end: number): FieldId {
  const length = end - start;
  const candidates = length < BY_LENGTH.length ? BY_LENGTH[length] : undefined;
  if (candidates !== undefined) {
    for (const { name, id } of candidates) {
      if (matches(bytes, start, name)) {
        return id;
      }
    }
  }
  return length > PREFIX.length && matches(bytes, start, PREFIX) ? FIELD_ID.own : FIELD_ID.other;
}

/** Bit 5 makes letters small, and leaves digits and the hyphen; what else it changes is in no name that is known. */
function matches(bytes: Uint8Array, start: number, name: Uint8Array): boolean {
  for (let index = 0; index < name.length; index += 1) {
    if (((bytes[start + index] as number) | 0x20) !== name[index]) {
      return false;
    }
  }
  return true;
}

/** A name as it is compared: see `matches`. */
export function fieldName(text: string): Uint8Array {
  return Buffer.from(text, 'latin1').map((byte) => byte | 0x20);
}

/** Whether the bytes are this text, which is in small letters, in any case. */
export function isText(bytes: Uint8Array, start: number, end: number, text: Uint8Array): boolean {
  return end - start === text.length && matches(bytes, start, text);
}
