/** Lists in pages, so that neither side holds everything at once. */
import type { Call } from './call.ts';
import type { ObjectList } from './client.ts';
import { isKubernetesError } from './error.ts';
import type { Requester } from './requester.ts';

const PAGE = 500;

/** A list that takes longer than the API server keeps its past, five minutes, this often has no chance. */
const RESTARTS = 5;

interface Page {
  readonly metadata?: { readonly resourceVersion?: string; readonly continue?: string };
  readonly items?: readonly unknown[] | null;
}

/** All objects as they were at one moment; each goes through `keep` as its page arrives. */
export async function listPages<Kept>(
  requester: Requester,
  call: Call,
  keep: (item: unknown) => Kept,
  signal: AbortSignal,
): Promise<ObjectList<Kept>> {
  for (let restarts = 0; ; restarts += 1) {
    const items: Kept[] = [];
    let next: string | undefined;
    try {
      for (;;) {
        const page = (await requester.json(
          { ...call, query: { ...call.query, limit: PAGE, continue: next } },
          signal,
        )) as Page;
        for (const item of page.items ?? []) {
          items.push(keep(item));
        }
        next = page.metadata?.continue;
        if (next === undefined || next === '') {
          return { items, resourceVersion: page.metadata?.resourceVersion ?? '' };
        }
      }
    } catch (error) {
      const expired = next !== undefined && isKubernetesError(error, 'Expired', 'Gone');
      if (!expired || restarts === RESTARTS) {
        throw error;
      }
    }
  }
}
