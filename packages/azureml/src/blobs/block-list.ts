/** The list that a file which came in blocks is put together by. */
import { createHash } from 'node:crypto';

import { FarledError } from '@farled/contract';

const ENVELOPE = /^\uFEFF?\s*(?:<\?xml[^>]*\?>)?\s*(?:<BlockList\s*\/>|<BlockList[^<>]*>([\s\S]*)<\/BlockList>)\s*$/;
const ENTRY = /\s*<(Latest|Uncommitted)>([^<>&]+)<\/\1>/gy;

/**
 * Ids of blocks, in order.
 *
 * @throws FarledError MalformedRequest for anything that is no list of blocks that were sent.
 */
export function parseBlockList(xml: string): readonly string[] {
  const envelope = ENVELOPE.exec(xml);
  if (envelope === null) {
    throw malformed('is not a BlockList in XML');
  }
  const entries = (envelope[1] ?? '').trimEnd();
  const ids: string[] = [];
  let read = 0;
  for (const match of entries.matchAll(ENTRY)) {
    ids.push(match[2] ?? '');
    read = match.index + match[0].length;
  }
  if (read < entries.length) {
    throw malformed(`has something else than blocks that were sent: "${entries.slice(read, read + 60).trim()}"`);
  }
  return ids;
}

/** By which a list is known again when it is sent again. */
export function blockListDigest(ids: readonly string[]): string {
  return createHash('sha256').update(ids.join('\n')).digest('hex');
}

function malformed(how: string): FarledError {
  return new FarledError('MalformedRequest', `The list of blocks ${how}.`);
}
