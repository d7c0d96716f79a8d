/** Which headers go on to the next hop. RFC 9110, 7.6.1: those of the connection do not. */
import type { ConnectionHeader } from './connection-header.ts';
import { FIELD_ID, type FieldId } from './field-ids.ts';
import type { HeadParser } from './head-parser.ts';

/** A set of headers that do not go on: 1 at the index of each id. */
export type Withheld = Uint8Array;

const OF_THE_HOP = [
  FIELD_ID.contentLength,
  FIELD_ID.transferEncoding,
  FIELD_ID.connection,
  FIELD_ID.hop,
  FIELD_ID.upgrade,
  FIELD_ID.notExecuted,
  FIELD_ID.own,
];

/** Those of the hop, and more. */
export function withheldWith(ids: readonly FieldId[]): Withheld {
  const marked = new Uint8Array(Object.keys(FIELD_ID).length);
  [...OF_THE_HOP, ...ids].forEach((id) => (marked[id] = 1));
  return marked;
}

/** Lines of the others. Neighbours are taken together: mostly all headers but a few pass. */
export function passedFields(
  { parser, connection }: { readonly parser: HeadParser; readonly connection: ConnectionHeader },
  withheld: Withheld,
): string {
  let lines = '';
  let from = -1;
  for (let index = 0; index < parser.count; index += 1) {
    const isWithheld = withheld[parser.ids[index] as number] === 1 || connection.names(parser, index);
    if (isWithheld && from >= 0) {
      lines += parser.text(from, parser.nameStart[index] as number);
      from = -1;
    } else if (!isWithheld && from < 0) {
      from = parser.nameStart[index] as number;
    }
  }
  return from < 0 ? lines : lines + parser.text(from, parser.fieldsEnd);
}
