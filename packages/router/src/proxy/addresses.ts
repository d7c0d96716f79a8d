/** Which service a request is for, and what of it is asked. */

export interface Address {
  readonly service: string;
  /** At the replica, with the query. */
  readonly path: string;
}

const PREFIX = '/api/v1/service/';
/** Nearly always, without a query. */
const SCORE = '/score';
const PAGE = /^\/(?:score|swagger\.json)(?:\?|$)/;

/** Undefined for what is no scoring address. */
export function readAddress(target: string): Address | undefined {
  if (!target.startsWith(PREFIX)) {
    return undefined;
  }
  const slash = target.indexOf('/', PREFIX.length);
  const path = slash > PREFIX.length ? target.slice(slash) : '';
  if (path !== SCORE && !PAGE.test(path)) {
    return undefined;
  }
  const service = target.slice(PREFIX.length, slash);
  return service.includes('?') ? undefined : { service, path };
}
