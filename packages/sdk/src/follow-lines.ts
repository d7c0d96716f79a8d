/** Lines that a server sends for as long as it is listened to: each a JSON string, with empty ones as signs of life. */
import { FarledError } from '@farled/contract';

/**
 * Ends with the signal, and when the server ends it.
 *
 * @throws FarledError ConnectionFailed when the connection breaks, and what the server refuses it with.
 */
export async function* followLines(
  open: () => Promise<AsyncIterable<Uint8Array>>,
  signal: AbortSignal | undefined,
): AsyncGenerator<string, void, void> {
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for await (const bytes of await open()) {
      const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      yield* lines.filter((line) => line !== '').map((line) => JSON.parse(line) as string);
    }
  } catch (error) {
    if (signal?.aborted !== true) {
      throw error instanceof TypeError ? brokenOff(error) : error;
    }
  }
}

/** What `fetch` throws when the connection ends before the body does. */
function brokenOff(cause: unknown): FarledError {
  return new FarledError('ConnectionFailed', 'The connection to the server broke off.', {
    suggestion: 'Follow the log again: it begins with the last lines.',
    cause,
  });
}
