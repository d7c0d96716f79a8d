/**
 * azureml-core sends a request again whose answer it did not get. Every call of a script uploads its source under an
 * address of its own, so that two requests that name the same one are the same.
 */
import { createHash } from 'node:crypto';

import type { State } from '@farled/state';

import type { Asset } from './wire-request.ts';

interface Sent {
  readonly workspaceKey: string;
  readonly service: string;
  readonly assets: readonly Pick<Asset, 'url'>[];
}

/**
 * The id for the operation that a request starts: of one that was sent before, that of the operation it started then.
 * Undefined when the request can't be told from others, or what it started is past.
 */
export async function operationIdFor(
  { operations, services }: Pick<State, 'operations' | 'services'>,
  sent: Sent,
): Promise<string | undefined> {
  if (sent.assets.length === 0) {
    return undefined;
  }
  const id = idOf(sent);
  const before = await operations.find(sent.workspaceKey, id);
  if (before === undefined) {
    return id;
  }
  const present = await services.find(sent.workspaceKey, sent.service);
  return present?.operationId === id ? id : undefined;
}

/** A UUID of version 8: what is in it is ours to say. */
function idOf({ workspaceKey, service, assets }: Sent): string {
  const said = JSON.stringify([workspaceKey, service, ...assets.map(({ url }) => url)]);
  const digits = createHash('sha256').update(said).digest('hex');
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    `8${digits.slice(13, 16)}`,
    `a${digits.slice(17, 20)}`,
    digits.slice(20, 32),
  ].join('-');
}
