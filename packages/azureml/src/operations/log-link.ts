/** Addresses of logs that are read without a token, for a while: azureml-core prints them for people to open. */
import { timingSafeEqual } from 'node:crypto';

import { FarledError } from '@farled/contract';
import type { Clock } from '@farled/service';
import type { State } from '@farled/state';

export const LOG_PATH = '/operationlogs';
const LIFETIME_SECONDS = 24 * 3600;

interface LinkParts {
  readonly state: Pick<State, 'fingerprint'>;
  readonly clock: Clock;
  readonly url: () => string;
}

export function logLink({ state, clock, url }: LinkParts, operationId: string): string {
  const until = String(Math.floor(clock.now() / 1000) + LIFETIME_SECONDS);
  return `${url()}${LOG_PATH}/${operationId}?se=${until}&sig=${signature(state, operationId, until)}`;
}

/** @throws FarledError Forbidden for an address that was never given, or too long ago. */
export function checkLogLink(
  { state, clock }: Pick<LinkParts, 'state' | 'clock'>,
  operationId: string,
  { se = '', sig = '' }: Readonly<Record<string, string | undefined>>,
): void {
  const wanted = Buffer.from(signature(state, operationId, se));
  const given = Buffer.from(sig);
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) {
    throw new FarledError('Forbidden', 'This is not the address of a log.', {
      suggestion: 'Take the address from the operation.',
    });
  }
  if (clock.now() >= Number(se) * 1000) {
    throw new FarledError('Forbidden', 'This address of a log is no longer good.', {
      suggestion: 'Ask for the operation again: it comes with a new one.',
    });
  }
}

function signature(state: Pick<State, 'fingerprint'>, operationId: string, until: string): string {
  return state.fingerprint(`operation log\0${operationId}\0${until}`);
}
