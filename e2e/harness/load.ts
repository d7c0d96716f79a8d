/** A bounded number of keep-alive connections that score all the time, and what came of it. */
import { Agent } from 'node:http';

import { post } from './post.ts';

export interface LoadOptions {
  readonly url: string;
  readonly key: string;
  readonly connections: number;
  readonly body: string;
}

export interface LoadReport {
  readonly answers: ReadonlyMap<string, number>;
  /** Every answer that was not 200, and every connection that broke. */
  readonly failures: readonly string[];
}

export interface Load {
  /** Answers so far that had this body. */
  count(body: string): number;
  stop(): Promise<LoadReport>;
}

export function startLoad({ url, key, connections, body }: LoadOptions): Load {
  const answers = new Map<string, number>();
  const failures: string[] = [];
  const stopping = new AbortController();
  const connection = async (): Promise<void> => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    while (!stopping.signal.aborted) {
      try {
        const { status, text } = await post(agent, url, key, body);
        if (status === 200) {
          answers.set(text, (answers.get(text) ?? 0) + 1);
        } else {
          failures.push(`${status} ${text}`);
        }
      } catch (error) {
        failures.push(String(error));
      }
    }
    agent.destroy();
  };
  const running = Promise.all(Array.from({ length: connections }, connection));
  return {
    count: (text) => answers.get(text) ?? 0,
    stop: async () => {
      stopping.abort();
      await running;
      return { answers, failures };
    },
  };
}
