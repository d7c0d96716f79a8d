/** What a request says, held to what its route takes. */
import { BYTES, parseOrThrow, type Route } from '@farled/contract';

export interface GivenInput {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
}

/** Bytes are passed on as they are. @throws FarledError BadArgument, naming every fault. */
export function checkInput({ params, query, body }: Route, given: GivenInput): GivenInput {
  return {
    params: params === undefined ? undefined : parseOrThrow(params, given.params, 'The path'),
    query: query === undefined ? undefined : parseOrThrow(query, given.query, 'The query'),
    body:
      body === undefined ? undefined : body === BYTES ? given.body : parseOrThrow(body, given.body, 'The request body'),
  };
}
