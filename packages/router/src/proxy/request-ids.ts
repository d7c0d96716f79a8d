/** Ids of requests that came without one: no two are the same, of no two routers. */
import { randomBytes } from 'node:crypto';

/** A number, because one at random for each request costs more than finding its service. */
export function createRequestIds(): () => string {
  const prefix = randomBytes(12).toString('hex');
  let count = 0;
  return () => {
    count += 1;
    return `${prefix}-${count.toString(36)}`;
  };
}
