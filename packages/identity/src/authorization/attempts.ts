/** How often somebody may try a password: those who guess have to wait, longer with each wrong one. */
import type { Clock } from '@farled/service';

export interface Attempts {
  /** Milliseconds to wait before the next try; 0 when it may be now. */
  wait(name: string, address: string): number;
  failed(name: string, address: string): void;
  succeeded(name: string, address: string): void;
}

/** How many wrong ones cost nothing: from one address for one name, for one name, from one address. */
const FREE = { pair: 5, name: 20, address: 50 } as const;
const FIRST_WAIT_MS = 5_000;
const LONGEST_WAIT_MS = 15 * 60_000;
/** After that time without a wrong one, all is forgotten. */
const MEMORY_MS = 60 * 60_000;
const LARGEST = 10_000;

interface Failures {
  readonly count: number;
  readonly last: number;
}

export function openAttempts(clock: Clock): Attempts {
  const known = new Map<string, Failures>();

  const keys = (name: string, address: string) =>
    [
      ['pair', `pair ${name.toLowerCase()} ${address}`],
      ['name', `name ${name.toLowerCase()}`],
      ['address', `address ${address}`],
    ] as const;
  const failures = (key: string): Failures => {
    const found = known.get(key);
    return found === undefined || clock.now() - found.last > MEMORY_MS ? { count: 0, last: 0 } : found;
  };

  return {
    wait: (name, address) =>
      Math.max(
        ...keys(name, address).map(([kind, key]) => {
          const { count, last } = failures(key);
          return last + waitAfter(count - FREE[kind]) - clock.now();
        }),
        0,
      ),
    failed: (name, address) => {
      if (known.size >= LARGEST) {
        for (const [key, { last }] of known) {
          if (clock.now() - last > MEMORY_MS || known.size >= LARGEST) {
            known.delete(key);
          }
        }
      }
      for (const [, key] of keys(name, address)) {
        known.set(key, { count: failures(key).count + 1, last: clock.now() });
      }
    },
    succeeded: (name, address) => {
      const [[, pair]] = keys(name, address);
      known.delete(pair);
    },
  };
}

/** Doubles with each wrong one beyond those that are free. */
function waitAfter(beyond: number): number {
  return beyond < 0 ? 0 : Math.min(FIRST_WAIT_MS * 2 ** Math.min(beyond, 20), LONGEST_WAIT_MS);
}
