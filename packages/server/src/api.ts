/** The API without HTTP: for those who speak another protocol and must mean the same. */
import type { Route, RouteArguments, RouteOutput } from '@farled/contract';

import type { RequestContext } from './handler.ts';
import { createHandlers } from './handlers/index.ts';
import type { AppParts } from './parts.ts';
import { rehearsalOf } from './rehearsal.ts';
import { checkInput } from './route-input.ts';

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
  return async <R extends Route>(route: R, input: RouteArguments<R>, context: RequestContext): Promise<unknown> => {
    const handler = handlers[route.operationId];
    if (handler === undefined) {
      throw new Error(`Route ${route.operationId} has no handler`);
    }
    const [, answered] = await handler(checkInput(route, input), context);
    return answered;
  };
}
