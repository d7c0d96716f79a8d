/** Calls with a deadline, made again when that is sound and may help. */
import type { Clock, Logger } from '@farled/service';

import { answerError } from './answer-error.ts';
import type { Call } from './call.ts';
import { connectionError, timeoutError } from './connection-error.ts';
import { startDeadline } from './deadline.ts';
import type { Deadline } from './deadline.ts';
import { KubernetesError } from './error.ts';
import { nextAttempt } from './retry.ts';
import type { Failure } from './retry.ts';
import type { RawAnswer, Transport } from './transport.ts';

export interface RequesterParts {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly log: Logger;
  /** In [0, 1). */
  readonly random: () => number;
  /** How long one attempt may take. */
  readonly attemptMs: number;
  /** How long a call may take with all its attempts. */
  readonly totalMs: number;
}

/** Every method throws a KubernetesError, or the reason of the signal that aborted. */
export interface Requester {
  /** The answer's JSON. */
  json(call: Call, signal: AbortSignal): Promise<unknown>;
  /** The answer's bytes as they come. */
  stream(call: Call, options: StreamOptions, signal: AbortSignal): Promise<AsyncIterable<Buffer>>;
}

interface StreamOptions {
  /** How long the answer's head may take; null for any time. */
  readonly headMs: number | null;
  /** False for callers with a back-off of their own. */
  readonly repeat: boolean;
}

export function createRequester(parts: RequesterParts): Requester {
  return {
    json: (call, signal) =>
      repeat(parts, call, parts.totalMs, signal, () =>
        attempt(parts, call, { stream: false, limitMs: parts.attemptMs, signal }, async (answer, deadline) => {
          const text = await answer.body.text();
          deadline.end();
          return parse(call, text);
        }),
      ),
    stream: (call, { headMs, repeat: again }, signal) =>
      repeat(parts, call, again ? parts.totalMs : 0, signal, () =>
        attempt(parts, call, { stream: true, limitMs: headMs, signal }, (answer, deadline) => {
          deadline.lift();
          return Promise.resolve(bytesOf(parts, call, answer, deadline, signal));
        }),
      ),
  };
}

/** Thrown by an attempt, so that what is known of its failure reaches the decision on the next one. */
class AttemptFailed extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.error.message);
    this.failure = failure;
  }
}

async function repeat<Result>(
  { clock, log, random, transport }: RequesterParts,
  call: Call,
  totalMs: number,
  signal: AbortSignal,
  once: () => Promise<Result>,
): Promise<Result> {
  const end = clock.now() + totalMs;
  let renewed = false;
  for (let made = 1; ; made += 1) {
    try {
      return await once();
    } catch (error) {
      if (!(error instanceof AttemptFailed)) {
        throw error;
      }
      const { failure } = error;
      if (failure.error.code === 'Unauthorized' && !renewed && transport.refused()) {
        renewed = true;
        continue;
      }
      const wait = nextAttempt(failure, { repeatable: call.repeatable, attempt: made, random: random() });
      if (wait === null || clock.now() + wait >= end) {
        throw failure.error;
      }
      log.debug({ verb: call.verb, subject: call.subject, reason: failure.error.code, wait }, 'repeating a call');
      await clock.sleep(wait, signal);
    }
  }
}

async function attempt<Result>(
  { transport, clock }: RequesterParts,
  call: Call,
  {
    stream,
    limitMs,
    signal,
  }: { readonly stream: boolean; readonly limitMs: number | null; readonly signal: AbortSignal },
  take: (answer: RawAnswer, deadline: Deadline) => Promise<Result>,
): Promise<Result> {
  signal.throwIfAborted();
  const deadline = startDeadline(clock, limitMs, signal);
  try {
    const answer = await transport.send(call, { stream, signal: deadline.signal });
    if (answer.statusCode >= 200 && answer.statusCode < 300) {
      return await take(answer, deadline);
    }
    const error = answerError(call, {
      status: answer.statusCode,
      text: await answer.body.text(),
      retryAfter: firstOf(answer.headers['retry-after']),
    });
    throw new AttemptFailed({ error, progress: 'answered' });
  } catch (error) {
    deadline.end();
    if (error instanceof AttemptFailed) {
      throw error;
    }
    signal.throwIfAborted();
    throw new AttemptFailed(
      error instanceof KubernetesError
        ? { error, progress: 'hopeless' }
        : deadline.expired
          ? { error: timeoutError(call, limitMs ?? 0), progress: 'lost' }
          : connectionError(call, transport.connection, error),
    );
  }
}

/** The body, whose failures become ours, and whose connection is given up when its reader stops. */
async function* bytesOf(
  { transport }: RequesterParts,
  call: Call,
  answer: RawAnswer,
  deadline: Deadline,
  signal: AbortSignal,
): AsyncGenerator<Buffer, void, void> {
  try {
    for await (const chunk of answer.body) {
      yield chunk as Buffer;
    }
  } catch (error) {
    signal.throwIfAborted();
    throw connectionError(call, transport.connection, error).error;
  } finally {
    deadline.end();
  }
}

function parse(call: Call, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The cause would quote the text, which may be a Secret.
    throw new KubernetesError('NotUnderstood', `Could not ${call.verb} ${call.subject}: the answer is not JSON.`, {
      suggestion: 'Check that the address is that of a Kubernetes API server, and what stands in front of it.',
    });
  }
}

function firstOf(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}
