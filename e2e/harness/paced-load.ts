/**
 * So many requests a second, whether answers come or not, as from the many clients of a real service; and what came of
 * each. Bounded in requests that wait at once.
 */
import { Agent } from 'node:http';

import { post } from './post.ts';

export interface PacedLoadOptions {
  readonly url: string;
  readonly key: string;
  readonly perSecond: number;
  readonly body: string;
}

export interface PacedReport {
  readonly sent: number;
  readonly answered: number;
  /** 503 with a reason: the router said before it began that it could not. */
  readonly refused: readonly string[];
  /** Everything else: another status, or a connection that broke. */
  readonly lost: readonly string[];
  /** Milliseconds, of those that were answered. */
  readonly p99: number;
}

export interface PacedLoad {
  readonly answered: number;
  stop(): Promise<PacedReport>;
}

/** More than this many unanswered requests, and no further one is sent: the service is down, and said to be. */
const MOST_WAITING = 2000;
const TICK_MS = 5;

export function startPacedLoad({ url, key, perSecond, body }: PacedLoadOptions): PacedLoad {
  const agent = new Agent({ keepAlive: true, maxSockets: 256, scheduling: 'lifo' });
  const refused: string[] = [];
  const lost: string[] = [];
  const times: number[] = [];
  const waiting = new Set<Promise<void>>();
  let sent = 0;
  const one = async (): Promise<void> => {
    const began = performance.now();
    const said = await post(agent, url, key, body).catch((error: unknown) => String(error));
    const after = `after ${Math.round(performance.now() - began)} ms`;
    if (typeof said === 'string') {
      lost.push(`${said} ${after}`);
    } else if (said.status === 200) {
      times.push(performance.now() - began);
    } else if (said.status === 503 && said.text.includes('because')) {
      refused.push(said.text);
    } else {
      lost.push(`${said.status} ${said.text} ${after}`);
    }
  };
  const began = performance.now();
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - began) / 1000) * perSecond);
    for (; sent < due; sent += 1) {
      if (waiting.size >= MOST_WAITING) {
        lost.push(`${MOST_WAITING} requests wait already`);
        continue;
      }
      const running = one().finally(() => waiting.delete(running));
      waiting.add(running);
    }
  }, TICK_MS);
  return {
    get answered() {
      return times.length;
    },
    stop: async () => {
      clearInterval(timer);
      await Promise.all(waiting);
      agent.destroy();
      const sorted = times.toSorted((a, b) => a - b);
      return { sent, answered: times.length, refused, lost, p99: sorted[Math.floor(sorted.length * 0.99)] ?? 0 };
    },
  };
}
