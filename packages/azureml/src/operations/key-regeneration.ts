import type { Operation } from '@farled/contract';
/**
 * A client waits for an operation after it replaced a key. That takes no time here, so nothing is recorded of it: the id
 * says when it was.
 */
import type { Clock } from '@farled/service';

const FORM = /^keys-([a-z][a-z0-9-]{2,31})-(\d{1,14})$/;

export function keyRegenerationId(service: string, clock: Clock): string {
  return `keys-${service}-${clock.now()}`;
}

/** The operation that such an id stands for; undefined for any other id. */
export function keyRegeneration(id: string): Operation | undefined {
  const [, name = '', at = ''] = FORM.exec(id) ?? [];
  if (name === '') {
    return undefined;
  }
  const time = new Date(Number(at)).toISOString();
  return {
    id,
    kind: 'UpdateService',
    target: { type: 'service', name },
    state: 'Succeeded',
    error: null,
    createdTime: time,
    endTime: time,
  };
}
