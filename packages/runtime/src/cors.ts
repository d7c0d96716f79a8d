/**
 * Which pages of other sites may read answers: AML_CORS_ORIGINS, a list separated by commas. The Fetch standard, CORS
 * protocol; the choices of flask-cors, which the original answers with.
 */
import type { Fields } from './fields.ts';
import type { Headers } from './request-ids.ts';

export const ALLOW_ORIGIN = 'access-control-allow-origin';
const METHODS = ['GET', 'POST'];
const NONE: Headers = {};

export interface Cors {
  headers(method: string, fields: Fields): Headers;
}

/** @param origins the variable's value; null and nothing but blanks switch it off. */
export function corsOf(origins: string | null): Cors {
  const allowed = (origins ?? '')
    .split(',')
    .map((origin) => origin.trim())
    .filter(Boolean);
  const isAny = allowed.includes('*');
  if (allowed.length === 0) {
    return { headers: () => NONE };
  }
  // An answer that depends on who asks must not be kept for others.
  const vary: Headers = isAny || allowed.length > 1 ? { vary: 'Origin' } : {};
  const first = allowed.toSorted()[0] ?? '*';
  const known = new Set(allowed.map((origin) => origin.toLowerCase()));
  return {
    headers: (method, fields) => {
      const origin = fields.get('origin') ?? '';
      if (origin === '') {
        const one = isAny ? { [ALLOW_ORIGIN]: '*' } : { [ALLOW_ORIGIN]: first, ...vary };
        return { ...one, ...preflight(method, fields) };
      }
      if (!isAny && !known.has(origin.toLowerCase())) {
        return NONE;
      }
      return { [ALLOW_ORIGIN]: origin, ...vary, ...preflight(method, fields) };
    },
  };
}

/** Asked by browsers before a request that a plain form could not send. */
export function isPreflight(method: string, fields: Fields): boolean {
  return (
    method === 'OPTIONS' &&
    fields.get('origin') !== undefined &&
    fields.get('access-control-request-method') !== undefined
  );
}

function preflight(method: string, fields: Fields): Headers {
  const wanted = fields.get('access-control-request-method')?.toUpperCase();
  if (method !== 'OPTIONS' || wanted === undefined || !METHODS.includes(wanted)) {
    return NONE;
  }
  const named = fields.get('access-control-request-headers');
  return {
    'access-control-allow-methods': METHODS.join(', '),
    ...(named === undefined
      ? {}
      : {
          'access-control-allow-headers': named
            .split(',')
            .map((name) => name.trim())
            .toSorted()
            .join(', '),
        }),
  };
}
