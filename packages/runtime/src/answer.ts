/** What is written back: refusals in the words of the original, and what a worker made of a request. */
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';

import type { AnswerStream } from './answer-stream.ts';
import { ALLOW_ORIGIN } from './cors.ts';
import { ANSWER, type AnswerFrame } from './frames.ts';
import { describeEnd, type Scored } from './pool.ts';
import type { Headers } from './request-ids.ts';

export const FAILED = 'x-ms-run-function-failed';
export const NO_METHOD = 'The method is not allowed for the requested URL.';
export const INTERNAL = 'An unexpected internal error occurred. Check the logs for more info.';
const RAISED = 'An unexpected error occurred in scoring script. Check the logs for more info.';
export const JSON_TYPE = { 'content-type': 'application/json' } as const;
export const HTML_TYPE = { 'content-type': 'text/html; charset=utf-8' } as const;
/** A client that takes nothing for so long is taken for gone. */
const LONGEST_STALL_MS = 60_000;
/** The connection's own; and the length is that of the body that there is. */
const NOT_A_SCRIPTS = new Set([
  'content-length',
  'transfer-encoding',
  'connection',
  'keep-alive',
  'upgrade',
  'trailer',
]);

export function say(
  response: ServerResponse,
  status: number,
  headers: Headers,
  message: string,
  runFailed = false,
): void {
  const text = `{"message": ${JSON.stringify(message)}}`;
  response
    .writeHead(status, {
      ...headers,
      ...JSON_TYPE,
      'content-length': Buffer.byteLength(text),
      [FAILED]: runFailed ? 'True' : 'False',
    })
    .end(text);
}

interface Sending {
  readonly scoringTimeoutMs: number;
  readonly log: (line: string) => void;
}

/** Resolves when all of the answer has been handed to the connection. */
export async function sendScored(
  response: ServerResponse,
  headers: Headers,
  scored: Scored,
  parts: Sending,
): Promise<void> {
  switch (scored.outcome) {
    case 'abandoned':
      return;
    case 'timedOut':
      say(response, 500, headers, `Scoring timeout after ${parts.scoringTimeoutMs} ms`, true);
      return;
    case 'crashed': {
      const how = describeEnd(scored.end);
      say(response, 500, headers, `The Python process ended ${how} while it scored this request.`, true);
      return;
    }
    case 'answered':
      if (scored.stream === null) {
        sendFrame(response, headers, scored.frame, parts.log);
      } else {
        await sendStream(response, { ...headers, ...executionTime(scored.frame) }, scored, scored.stream, parts.log);
      }
  }
}

function executionTime({ milliseconds }: AnswerFrame): Headers {
  return { 'x-ms-run-fn-exec-ms': milliseconds.toFixed(3) };
}

async function sendStream(
  response: ServerResponse,
  headers: Headers,
  { frame }: { readonly frame: AnswerFrame },
  stream: AnswerStream,
  log: Sending['log'],
): Promise<void> {
  const { status, headers: own } = JSON.parse(frame.body.toString()) as ScriptHead;
  const left = new AbortController();
  const gone = (): void => {
    left.abort(new Error('the client closed the connection'));
    stream.chunks.destroy();
  };
  response.once('close', gone);
  try {
    if (!startResponse(response, headers, { status, headers: own }, log)) {
      gone();
      return;
    }
    response.flushHeaders();
    for await (const chunk of stream.chunks as AsyncIterable<Buffer>) {
      if (!response.write(chunk)) {
        await once(response, 'drain', {
          signal: AbortSignal.any([left.signal, AbortSignal.timeout(LONGEST_STALL_MS)]),
        });
      }
      stream.taken(chunk.length);
    }
    response.end();
  } catch (error) {
    // Only the end of its connection tells the client that this is not all.
    if (!response.destroyed) {
      log(`An answer is cut off: ${error instanceof Error ? error.message : String(error)}`);
      response.destroy();
    }
  } finally {
    response.off('close', gone);
  }
}

function sendFrame(response: ServerResponse, headers: Headers, frame: AnswerFrame, log: Sending['log']): void {
  const { kind, milliseconds, body } = frame;
  switch (kind) {
    case ANSWER.ok:
      response
        .writeHead(200, {
          ...headers,
          ...JSON_TYPE,
          'content-length': body.length,
          'x-ms-run-fn-exec-ms': milliseconds.toFixed(3),
          [FAILED]: 'False',
        })
        .end(body);
      return;
    case ANSWER.response:
      sendResponse(response, { ...headers, ...executionTime(frame) }, body, log);
      return;
    case ANSWER.badInput:
      say(response, 400, headers, body.toString());
      return;
    case ANSWER.internal:
      say(response, 500, headers, INTERNAL);
      return;
    default:
      say(response, 500, headers, RAISED, true);
  }
}

interface ScriptHead {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
}

/** One that the script made, whose status and headers may be none that HTTP has. */
function sendResponse(response: ServerResponse, headers: Headers, frame: Buffer, log: Sending['log']): void {
  const bodyAt = 4 + frame.readUInt32BE(0);
  const head = JSON.parse(frame.toString('utf8', 4, bodyAt)) as ScriptHead;
  const body = frame.subarray(bodyAt);
  if (startResponse(response, { ...headers, 'content-length': String(body.length) }, head, log)) {
    response.end(body);
  }
}

/** False when it is none that can be sent, which the client then has been told. */
function startResponse(response: ServerResponse, headers: Headers, head: ScriptHead, log: Sending['log']): boolean {
  try {
    if (head.status < 200) {
      throw new Error(`the status ${head.status} is not one that ends an answer`);
    }
    for (const [name, value] of head.headers) {
      if (!NOT_A_SCRIPTS.has(name.toLowerCase())) {
        response.appendHeader(name, value);
      }
    }
    for (const [name, value] of Object.entries(allowOriginOnce(response, headers))) {
      response.setHeader(name, value);
    }
    response.writeHead(head.status);
    return true;
  } catch (error) {
    log(`The answer that run() made can't be sent: ${String(error)}`);
    response.getHeaderNames().forEach((name) => response.removeHeader(name));
    const { 'content-length': _, ...rest } = headers;
    say(response, 500, rest, INTERNAL);
    return false;
  }
}

/** A script that answers for itself who may read it has the last word. */
function allowOriginOnce(response: ServerResponse, headers: Headers): Headers {
  return response.hasHeader(ALLOW_ORIGIN)
    ? Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith('access-control-')))
    : headers;
}
