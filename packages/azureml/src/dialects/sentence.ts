import type { ErrorBody } from '@farled/contract';

/** What happened and what to do about it: the dialects have one text for both. */
export function sentence({ message, suggestion }: ErrorBody): string {
  return suggestion === undefined ? message : `${message} ${suggestion}`;
}
