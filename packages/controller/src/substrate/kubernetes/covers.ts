/**
 * Whether an object in the cluster is as we want it: every field that we name has our value. What the API server
 * filled in, and what others own, is not ours to compare.
 */
import { parseQuantity } from '@farled/kubernetes';

/** Below these, texts are quantities: «0.1» and «100m» are the same. */
const QUANTITIES: ReadonlySet<string> = new Set(['requests', 'limits']);

export function covers(actual: unknown, desired: unknown, within = ''): boolean {
  if (isEmpty(desired)) {
    // The API server leaves out what is empty; and of an object without fields, all fields are others'.
    return isEmpty(actual) || (isObject(desired) && isObject(actual));
  }
  if (Array.isArray(desired)) {
    return (
      Array.isArray(actual) &&
      actual.length === desired.length &&
      desired.every((item, index) => covers(actual[index], item, within))
    );
  }
  if (isObject(desired)) {
    return (
      isObject(actual) &&
      Object.entries(desired).every(([name, value]) =>
        covers(actual[name], value, QUANTITIES.has(within) ? within : name),
      )
    );
  }
  if (QUANTITIES.has(within) && typeof desired === 'string' && typeof actual === 'string') {
    return parseQuantity(actual) === parseQuantity(desired);
  }
  return actual === desired;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '' || value === 0 || value === false) {
    return true;
  }
  return typeof value === 'object' && Object.keys(value).length === 0;
}
