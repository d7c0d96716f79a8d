/** How many logins may be begun from one address: each is kept for a while, and nobody has to say who they are. */
import type { Clock } from '@farled/service';

export interface Begun {
  /** False when the address has begun too many; it is counted otherwise. */
  mayBegin(address: string): boolean;
}

/** A class of students behind one address fits in. */
const MOST = 200;
/** As long as a login that nobody finishes is kept. */
const WINDOW_MS = 15 * 60_000;

export function openBegun(clock: Clock): Begun {
  let since = clock.now();
  const counts = new Map<string, number>();
  return {
    mayBegin: (address) => {
      if (clock.now() - since >= WINDOW_MS) {
        since = clock.now();
        counts.clear();
      }
      const count = counts.get(address) ?? 0;
      counts.set(address, count + 1);
      return count < MOST;
    },
  };
}
