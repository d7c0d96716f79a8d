/** The figures beside their limits. */
import type { Readings } from './clients.ts';
import type { Spent } from './server-time.ts';

export interface Figures {
  /** What the server spent on every request of the seed, from its log. */
  readonly seedServerSeconds: number;
  readonly seedRequests: number;
  readonly slowestRoutes: readonly Spent[];
  /** Clients that think for a moment between requests, as those do that wait for something. */
  readonly paced: Readings;
  /** Clients that ask again as soon as they are answered: what the server can do at most. */
  readonly closed: Readings;
}

export const CLIENTS = 50;

export function print(figures: Figures, json: boolean): void {
  const { seedServerSeconds, seedRequests, slowestRoutes, paced, closed } = figures;
  if (json) {
    process.stdout.write(`${JSON.stringify({ title: 'control-plane', clients: CLIENTS, ...figures })}\n`);
    return;
  }
  const lines = [
    `the seed's ${seedRequests} requests took the server ${seedServerSeconds.toFixed(2)} s (limit 1)`,
    ...slowestRoutes.map(
      ({ route, requests, ms }) => `  ${ms.toFixed(0).padStart(5)} ms  ${String(requests).padStart(3)} x  ${route}`,
    ),
    `${CLIENTS} clients that think between requests: ${readings(paced)} (limit p99 50 ms)`,
    `${CLIENTS} clients without a pause:             ${readings(closed)}`,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

function readings({ requestsPerSecond, p50Ms, p99Ms, errors }: Readings): string {
  return `${requestsPerSecond.toFixed(0)} requests/s, p50 ${p50Ms.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms, ${errors} errors`;
}
