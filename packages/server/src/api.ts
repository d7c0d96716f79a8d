/** The API without HTTP: for those who speak another protocol and must mean the same. */
import { BYTES, parseOrThrow, type Route, type RouteArguments, type RouteOutput } from '@farled/contract';

import type { RequestContext } from './handler.ts';
import { createHandlers } from './handlers/index.ts';
import type { AppParts } from './parts.ts';
import { rehearsalOf } from './rehearsal.ts';

export interface Api {
  /**
   * Does what the route does, with its checks; answers the body of its success.
   *
   * @throws FarledError as the route answers it.
   */
  call<R extends Route>(route: R, input: RouteArguments<R>, context: RequestContext): Promise<RouteOutput<R>>;
  /**
   * Makes the checks of a route that writes in one transaction, as those of services do, and leaves nothing written.
   *
   * @throws FarledError as the route would answer it now.
   */
  rehearse<R extends Route>(route: R, input: RouteArguments<R>, context: RequestContext): Promise<void>;
}

type AnyHandler = (input: unknown, context: RequestContext) => Promise<readonly [number, unknown?]>;

export function createApi(parts: AppParts): Api {
  const inEarnest = callerOf(parts);
  const rehearsed = callerOf({ ...parts, state: rehearsalOf(parts.state) });
  return {
    call: async (...asked) => (await inEarnest(...asked)) as never,
    rehearse: async (...asked) => {
      await rehearsed(...asked);
    },
  };
}

/** Finds the handler of a route, gives it what was asked, checked, and answers the body. */
function callerOf(parts: AppParts) {
  const handlers = createHandlers(parts) as unknown as Readonly<Record<string, AnyHandler>>;
  return async <R extends Route>(
    { operationId, params, query, body }: R,
    input: RouteArguments<R>,
    context: RequestContext,
  ): Promise<unknown> => {
    const handler = handlers[operationId];
    if (handler === undefined) {
      throw new Error(`Route ${operationId} has no handler`);
    }
    const read = {
      params: params === undefined ? undefined : parseOrThrow(params, input.params, 'The path'),
      query: query === undefined ? undefined : parseOrThrow(query, input.query, 'The query'),
      body: body === undefined || body === BYTES ? input.body : parseOrThrow(body, input.body, 'The request body'),
    };
    const [, answered] = await handler(read, context);
    return answered;
  };
}
