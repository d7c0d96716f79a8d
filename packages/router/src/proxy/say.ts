/** Answers of the router itself: a sentence as JSON, under the id of the request. */
import type { Client } from '@farled/http';

import { LARGEST_BODY_BYTES } from './body.ts';

export interface SayOptions {
  /** What decided, with the numbers. */
  readonly because?: string;
  /** Whether the connection ends with the answer. */
  readonly closes?: boolean;
}

/** `lines` are more headers. */
export function say(
  client: Client,
  requestId: string,
  status: number,
  message: string,
  lines = '',
  { because, closes = false }: SayOptions = {},
): void {
  const body = because === undefined ? { message } : { message, because };
  client.say(status, body, `${lines}x-request-id: ${requestId}\r\n`, closes);
}

export function sayTooLarge(client: Client, requestId: string): void {
  const message = `The body must not have more than ${LARGEST_BODY_BYTES} bytes.`;
  say(client, requestId, 413, message, '', { closes: true });
}
