/** What answers a route: a function from its checked input to one of its declared answers. */
import type { BYTES, Route, RouteInput, routes } from '@farled/contract';
import type { AdmittedCaller } from '@farled/identity';
import type { z } from 'zod';

type Routes = typeof routes;
type AnyRoute = { [Group in keyof Routes]: Routes[Group][keyof Routes[Group]] }[keyof Routes];
type ByOperationId = { [R in AnyRoute as R['operationId']]: R };

type Body<S> = S extends z.ZodType ? z.output<S> : S extends typeof BYTES ? Download : undefined;

/** Bytes to stream, with their number where that is known. */
export interface Download {
  readonly bytes: AsyncIterable<Uint8Array>;
  readonly size?: number;
}

/** Status and body. */
type Answer<R extends Route> = {
  [Status in keyof R['responses']]: R['responses'][Status] extends null
    ? readonly [status: Status]
    : readonly [status: Status, body: Body<R['responses'][Status]>];
}[keyof R['responses']];

export interface RequestContext {
  /** Who asks; absent when it is Farled itself, who may do all. */
  readonly caller?: AdmittedCaller | undefined;
  /** Aborts when the client has gone. */
  readonly signal: AbortSignal;
}

type Handler<R extends Route> = (input: RouteInput<R>, context: RequestContext) => Promise<Answer<R>>;

/** One handler for every route of the contract. */
export type Handlers = { readonly [Id in keyof ByOperationId]: Handler<ByOperationId[Id]> };

/** The handlers of one group of routes. */
export type HandlersOf<Group extends keyof Routes> = {
  readonly [R in Routes[Group][keyof Routes[Group]] as R extends Route ? R['operationId'] : never]: R extends Route
    ? Handler<R>
    : never;
};
