/** What is written back: refusals in the words of the original, and what a worker made of a request. */
import { validateHeaderName, validateHeaderValue } from 'node:http';

import { type Client, hasNoBody } from '@farled/http';

import { ALLOW_ORIGIN } from './cors.ts';
import { ANSWER, type AnswerFrame } from './frames.ts';
import { describeEnd, type Scored } from './pool.ts';
import type { Headers } from './request-ids.ts';

export const FAILED = 'x-ms-run-function-failed';
const EXECUTION_TIME = 'x-ms-run-fn-exec-ms';
export const NO_METHOD = 'The method is not allowed for the requested URL.';
export const INTERNAL = 'An unexpected internal error occurred. Check the logs for more info.';
const RAISED = 'An unexpected error occurred in scoring script. Check the logs for more info.';
export const JSON_TYPE = { 'content-type': 'application/json' } as const;
export const HTML_TYPE = { 'content-type': 'text/html; charset=utf-8' } as const;
const NO_BODY = Buffer.alloc(0);
/** The connection's own; and the length is that of the body that there is. */
const NOT_A_SCRIPTS = new Set([
  'content-length',
  'transfer-encoding',
  'connection',
  'keep-alive',
  'upgrade',
  'trailer',
  'date',
]);

export function reply(client: Client, status: number, headers: Headers, body: Buffer | string = NO_BODY): void {
  client.reply(status, linesOf(headers), typeof body === 'string' ? Buffer.from(body) : body);
}

/** A refusal, or another sentence. */
export function say(
  client: Client,
  status: number,
  headers: Headers,
  message: string,
  { runFailed = false, closes = false }: { readonly runFailed?: boolean; readonly closes?: boolean } = {},
): void {
  const lines = linesOf({ ...headers, ...JSON_TYPE, [FAILED]: runFailed ? 'True' : 'False' });
  client.reply(status, lines, Buffer.from(`{"message": ${JSON.stringify(message)}}`), closes);
}

interface Sending {
  readonly scoringTimeoutMs: number;
  readonly log: (line: string) => void;
}

/** Of a stream, its head: true when its pieces are to follow. */
export function sendScored(client: Client, headers: Headers, scored: Scored, parts: Sending): boolean {
  switch (scored.outcome) {
    case 'abandoned':
      client.abort();
      return false;
    case 'timedOut':
      say(client, 500, headers, `Scoring timeout after ${parts.scoringTimeoutMs} ms`, { runFailed: true });
      return false;
    case 'crashed': {
      const how = describeEnd(scored.end);
      const message = `The Python process ended ${how} while it scored this request.`;
      say(client, 500, headers, message, { runFailed: true });
      return false;
    }
    case 'answered':
      return sendFrame(client, headers, scored.frame, parts.log);
  }
}

function sendFrame(client: Client, headers: Headers, frame: AnswerFrame, log: Sending['log']): boolean {
  const { kind, milliseconds, body } = frame;
  const time = `${EXECUTION_TIME}: ${milliseconds.toFixed(3)}\r\n`;
  switch (kind) {
    case ANSWER.ok:
      client.reply(200, `${linesOf(headers)}content-type: application/json\r\n${time}${FAILED}: False\r\n`, body);
      return false;
    case ANSWER.response: {
      const bodyAt = 4 + body.readUInt32BE(0);
      const head = checked(body.toString('utf8', 4, bodyAt), headers, log);
      if (head === null) {
        say(client, 500, headers, INTERNAL);
      } else {
        client.reply(head.status, head.lines + time, body.subarray(bodyAt));
      }
      return false;
    }
    case ANSWER.stream: {
      const head = checked(body.toString(), headers, log);
      if (head === null) {
        say(client, 500, headers, INTERNAL);
        return false;
      }
      if (client.head.method === 'HEAD' || hasNoBody(head.status)) {
        client.reply(head.status, head.lines + time, NO_BODY);
        return false;
      }
      client.startReply(head.status, head.lines + time);
      client.answerFlush();
      return true;
    }
    case ANSWER.badInput:
      say(client, 400, headers, body.toString());
      return false;
    case ANSWER.internal:
      say(client, 500, headers, INTERNAL);
      return false;
    default:
      say(client, 500, headers, RAISED, { runFailed: true });
      return false;
  }
}

/** Status and lines of an answer that the script made; null, and a line in the log, when HTTP has no such answer. */
function checked(
  json: string,
  headers: Headers,
  log: Sending['log'],
): { readonly status: number; readonly lines: string } | null {
  const head = JSON.parse(json) as {
    readonly status: number;
    readonly headers: readonly (readonly [string, string])[];
  };
  try {
    if (!Number.isInteger(head.status) || head.status < 200 || head.status > 999) {
      throw new Error(`the status ${head.status} is not one that ends an answer`);
    }
    const ours = serversHeaders(headers, head.headers);
    const names = new Set([...Object.keys(ours).map((name) => name.toLowerCase()), EXECUTION_TIME]);
    let lines = linesOf(ours);
    for (const [name, value] of head.headers) {
      const small = name.toLowerCase();
      if (!NOT_A_SCRIPTS.has(small) && !names.has(small)) {
        validateHeaderName(name);
        validateHeaderValue(name, value);
        lines += `${name}: ${value}\r\n`;
      }
    }
    return { status: head.status, lines };
  } catch (error) {
    log(`The answer that run() made can't be sent: ${String(error)}`);
    return null;
  }
}

/** They win over the script's, but for who may read the answer: there the script has the last word. */
function serversHeaders(headers: Headers, own: readonly (readonly [string, string])[]): Headers {
  return own.some(([name]) => name.toLowerCase() === ALLOW_ORIGIN)
    ? Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith('access-control-')))
    : headers;
}

function linesOf(headers: Headers): string {
  let lines = '';
  for (const name in headers) {
    lines += `${name}: ${headers[name]}\r\n`;
  }
  return lines;
}
