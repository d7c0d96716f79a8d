/** Answers with text, from where the client asks on: those who follow a log have its beginning. Pure. */
import type { CompatibleAnswer } from '../answer.ts';

const TEXT = { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store', 'accept-ranges': 'bytes' };

/** @param range the header; only `bytes=n-` means something here, whatever else is asked for is answered with all. */
export function textFrom(text: string, range: string | undefined): CompatibleAnswer {
  const bytes = Buffer.from(text);
  const from = Number(/^bytes=(\d{1,15})-$/.exec(range ?? '')?.[1] ?? Number.NaN);
  if (Number.isNaN(from)) {
    return { status: 200, headers: TEXT, body: text };
  }
  if (from >= bytes.length) {
    return { status: 416, headers: { ...TEXT, 'content-range': `bytes */${bytes.length}` }, body: '' };
  }
  const headers = { ...TEXT, 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` };
  return { status: 206, headers, body: once(bytes.subarray(from)) };
}

/** Text from the middle of a letter on is bytes. */
async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
