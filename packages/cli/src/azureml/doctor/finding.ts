import type { PlaceFacts } from './facts.ts';

/** One line of the doctor. */
export interface Finding {
  readonly check: string;
  /** `unknown`: what comes before it has to be right first. */
  readonly state: 'ok' | 'problem' | 'unknown';
  readonly seen: string;
  /** What to do about it. */
  readonly todo: string | null;
}

export function known(place: PlaceFacts): place is Extract<PlaceFacts, { url: string }> {
  return 'url' in place;
}

export function unknown(check: string): Finding {
  return { check, state: 'unknown', seen: 'can be looked at when the server answers', todo: null };
}
