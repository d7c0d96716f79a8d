/** Where a list goes on: the sort values of the last row, signed, so that only what was given out comes back in. */
import { createHmac, timingSafeEqual } from 'node:crypto';

import { FarledError } from '@farled/contract';

export interface PageRequest {
  readonly count: number;
  readonly skipToken?: string | undefined;
}

export interface Page<Item> {
  readonly value: Item[];
  /** Absent on the last page. */
  readonly skipToken?: string;
}

/** The values that a list is sorted by, the unique one last. */
export type Position = readonly (string | number)[];

export class SkipTokens {
  readonly #key: Buffer;

  constructor(secretKey: Buffer) {
    this.#key = createHmac('sha256', secretKey).update('skip tokens').digest();
  }

  write(list: string, position: Position): string {
    const payload = JSON.stringify(position);
    return `${this.#sign(list, payload).toString('base64url')}.${Buffer.from(payload).toString('base64url')}`;
  }

  /** @throws FarledError BadArgument for a token that this list did not give. */
  read(list: string, token: string): Position {
    const [signature = '', payload = ''] = token
      .split('.')
      .map((part) => Buffer.from(part, 'base64url').toString('latin1'));
    const text = Buffer.from(payload, 'latin1').toString('utf8');
    const expected = this.#sign(list, text);
    const given = Buffer.from(signature, 'latin1');
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
      throw new FarledError('BadArgument', 'skipToken is not one that this list gave.', {
        suggestion: 'Pass the skipToken of the page before, unchanged, or leave it out to start at the first page.',
      });
    }
    return JSON.parse(text) as Position;
  }

  #sign(list: string, payload: string): Buffer {
    return createHmac('sha256', this.#key).update(`${list}\n${payload}`).digest().subarray(0, 16);
  }
}

/** Cuts rows that were read one beyond the page, and says where the next page starts. */
export function toPage<Row, Item>(
  tokens: SkipTokens,
  list: string,
  page: PageRequest,
  rows: readonly Row[],
  position: (row: Row) => Position,
  item: (row: Row) => Item,
): Page<Item> {
  const shown = rows.slice(0, page.count);
  const last = shown.at(-1);
  return {
    value: shown.map(item),
    ...(rows.length > page.count && last !== undefined ? { skipToken: tokens.write(list, position(last)) } : {}),
  };
}
