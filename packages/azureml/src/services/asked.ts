import type { RequestContext } from '@farled/server';

import type { CompatibleRequest } from '../route.ts';

/** Of a request, what all that it leads to has to know. */
export type Asked = Pick<CompatibleRequest, 'workspace' | 'caller' | 'signal'>;

export function contextOf({ caller, signal }: Pick<Asked, 'caller' | 'signal'>): RequestContext {
  return { caller: caller ?? undefined, signal };
}
