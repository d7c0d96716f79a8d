/** Decides what a service is rolled back to. */
import { FarledError } from '@farled/contract';
import { digestOf, type ServiceRecord, type ServiceSpec } from '@farled/state';

/**
 * What was good before the present spec: the last good one while the present one never became healthy, else the one
 * before.
 *
 * @throws FarledError NothingToRollBackTo
 */
export function rollbackSpec({ name, spec, lastGood, previousGood }: ServiceRecord): ServiceSpec {
  const presentWasGood = lastGood !== null && digestOf(lastGood.spec) === digestOf(spec);
  const target = presentWasGood ? previousGood : lastGood;
  if (target === null) {
    const message = presentWasGood
      ? `Service "${name}" was never anything else than it is: there is nothing to roll back to.`
      : `Service "${name}" never became healthy: there is nothing to roll back to.`;
    throw new FarledError('NothingToRollBackTo', message, {
      suggestion: 'Update the service, or deploy it again, as it is to be.',
    });
  }
  return target.spec;
}
