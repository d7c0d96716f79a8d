/** Which headers pass. RFC 9110, 7.6.1: those of the connection are for the next hop alone. */
import type { ConnectionHeader } from '../http1/connection-header.ts';
import { FIELD_ID, type FieldId } from '../http1/field-ids.ts';
import type { HeadParser } from '../http1/head-parser.ts';
import type { RequestHead } from '../http1/request-head.ts';
import type { ResponseHead } from '../http1/response-head.ts';

function withheld(ids: readonly FieldId[]): Uint8Array {
  const marked = new Uint8Array(Object.keys(FIELD_ID).length);
  ids.forEach((id) => (marked[id] = 1));
  return marked;
}

const OF_THE_HOP = [
  FIELD_ID.contentLength,
  FIELD_ID.transferEncoding,
  FIELD_ID.connection,
  FIELD_ID.hop,
  FIELD_ID.upgrade,
  FIELD_ID.notExecuted,
  FIELD_ID.own,
];

/** The key is the router's business, Expect was answered by it, and Farled's own headers are not a client's to set. */
const HIDDEN_TO_REPLICA = withheld([
  ...OF_THE_HOP,
  FIELD_ID.host,
  FIELD_ID.authorization,
  FIELD_ID.expect,
  FIELD_ID.requestId,
]);
const HIDDEN_TO_CLIENT = withheld(OF_THE_HOP);

/** Lines for the replica; the length, the host and what the router adds are stated anew. */
export function toReplica({ parser, connection }: RequestHead): string {
  return passed(parser, connection, HIDDEN_TO_REPLICA);
}

/** Lines for the client; the length is stated anew. */
export function toClient({ parser, connection }: ResponseHead): string {
  return passed(parser, connection, HIDDEN_TO_CLIENT);
}

/** Neighbours are taken together: mostly all headers but a few pass. */
function passed(parser: HeadParser, connection: ConnectionHeader, withheldIds: Uint8Array): string {
  let lines = '';
  let from = -1;
  for (let index = 0; index < parser.count; index += 1) {
    const isWithheld = withheldIds[parser.ids[index] as number] === 1 || connection.names(parser, index);
    if (isWithheld && from >= 0) {
      lines += parser.text(from, parser.nameStart[index] as number);
      from = -1;
    } else if (!isWithheld && from < 0) {
      from = parser.nameStart[index] as number;
    }
  }
  return from < 0 ? lines : lines + parser.text(from, parser.fieldsEnd);
}
