/** What the server spent on requests, from its log: its own clock, so that neither the client nor Python is counted. */
import { readFile } from 'node:fs/promises';

export interface Answered {
  readonly method: string;
  readonly route: string;
  readonly status: number;
  readonly ms: number;
}

/** Of a server whose log level is debug. */
export async function answeredRequests(logFile: string): Promise<readonly Answered[]> {
  const lines = (await readFile(logFile, 'utf8')).split('\n').filter((line) => line.includes('Request answered'));
  return lines.map((line) => JSON.parse(line) as Answered);
}

export interface Spent {
  readonly route: string;
  readonly requests: number;
  readonly ms: number;
}

/** Per route, the most expensive first. */
export function spentByRoute(answered: readonly Answered[]): readonly Spent[] {
  const spent = new Map<string, Spent>();
  for (const { method, route, ms } of answered) {
    const key = `${method} ${route}`;
    const before = spent.get(key) ?? { route: key, requests: 0, ms: 0 };
    spent.set(key, { route: key, requests: before.requests + 1, ms: before.ms + ms });
  }
  return [...spent.values()].toSorted((one, other) => other.ms - one.ms);
}
