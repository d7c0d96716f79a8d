/** What a client of HTTP/2 may ask of one connection. */
import type { ServerSessionOptions } from 'node:http2';

/** As the reader of heads has it; it says so in words, so that the library's own limit, which does not, is wider. */
const LARGEST_HEAD_BYTES = 16 * 1024;
const MOST_STREAMS = 100;
/** What may be on its way of one body: with less, a network of 50 ms carries no more than a megabyte a second. */
const WINDOW_BYTES = 256 * 1024;
/** Streams that are opened and reset cost work and hold nothing: so many at once, then so many a second. CVE-2023-44487. */
const RESETS = { streamResetBurst: 200, streamResetRate: 33 };
/** Frames that are none, and streams over the limit, until the connection is taken for hostile. */
const MOST_FAULTS = 100;
/** Of requests and answers that wait in one connection. */
const MOST_MEMORY_MB = 32;

/**
 * Floods of empty frames, of PING, SETTINGS and CONTINUATION end the connection by limits that nghttp2 has of its own:
 * 1,000 acknowledgements that are not taken, 8 frames of a head.
 */
export const HTTP2_OPTIONS: ServerSessionOptions = {
  settings: {
    enablePush: false,
    initialWindowSize: WINDOW_BYTES,
    maxConcurrentStreams: MOST_STREAMS,
    maxHeaderListSize: 2 * LARGEST_HEAD_BYTES,
  },
  maxSessionMemory: MOST_MEMORY_MB,
  maxSessionInvalidFrames: MOST_FAULTS,
  maxSessionRejectedStreams: MOST_FAULTS,
  ...RESETS,
};
