/** What a worker says of its entry script once it is loaded. */
export interface EntryFacts {
  /** Whether run() has a parameter `request_headers`. */
  readonly wantsHeaders: boolean;
  /** How run() is written: of the body as text, of the members of a JSON object, of the request itself. */
  readonly mode: 'text' | 'json' | 'raw';
  /** Whether run() can have several requests at a time in one process: `async def`. */
  readonly isAsynchronous: boolean;
  readonly schemas: Schemas;
}

/** Of input and output, as JSON texts: Python's JSON knows numbers that JavaScript's does not. */
export type Schemas =
  | { readonly input: string; readonly output: string; readonly versions: readonly string[] }
  | { readonly error: string };
