/** How a router ends while others go on, without losing a request that someone sends it meanwhile. */
import { CLIENT_LIMITS } from '@farled/http';
import type { Clock, Logger } from '@farled/service';

import type { ScoringServer } from './scoring-server.ts';
import type { Services } from './services.ts';

export interface DrainParts {
  readonly server: ScoringServer;
  readonly services: Services;
  /** How long new connections still come: until every node and load balancer has read that this router leaves. */
  readonly drainMs: number;
  readonly clock: Clock;
  readonly log: Logger;
}

/** An idle connection stays up to two seconds longer than its client was told, and then ends in peace. */
const MARGIN_MS = 10_000;

/** Resolves when no connection is left, or nothing more can be waited for. */
export async function drain({ server, services, drainMs, clock, log }: DrainParts): Promise<void> {
  log.info({ inFlight: server.inFlight, drainMs }, 'Router drains: it is not ready any more and ends connections');
  server.announceLeaving();
  await clock.sleep(drainMs);
  const atMostMs = longestMs(services);
  log.info({ inFlight: server.inFlight, atMostMs }, 'Router stops listening');
  const cancel = clock.after(atMostMs, () => {
    log.warn({ inFlight: server.inFlight, atMostMs }, 'Router ends though not all connections are closed');
    server.destroy();
  });
  await server.closeWhenIdle();
  cancel();
}

/** What was accepted may wait and be scored that long; an idle connection was promised its keep-alive time. */
function longestMs(services: Services): number {
  const scoring = [...services.all()].map(({ route }) => route.maxQueueWaitMs + route.scoringTimeoutMs);
  return Math.max(CLIENT_LIMITS.keepAliveMs, ...scoring) + MARGIN_MS;
}
