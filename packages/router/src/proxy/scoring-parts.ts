/** What the scoring of one request is made of. */
import type { Client } from '@farled/http';
import type { Clock } from '@farled/service';

import type { Version } from '../endpoints/endpoint.ts';
import type { Refusals } from '../refusals.ts';
import type { Service } from '../service.ts';
import type { Deadlines } from './deadlines.ts';

export interface ScoringParts {
  readonly client: Client;
  /** Who is to answer: a service, or a version of an endpoint. */
  readonly destination: Service | Version;
  /** At the replica. */
  readonly path: string;
  readonly requestId: string;
  /** How long the client waits, in milliseconds; null: it did not say. */
  readonly timeoutMs: number | null;
  readonly refusals: Refusals;
  readonly clock: Clock;
  readonly deadlines: Deadlines;
}
