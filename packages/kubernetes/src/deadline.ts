/** One signal that aborts with the caller's, or when its time is over. */
import type { Clock } from '@farled/service';

export interface Deadline {
  readonly signal: AbortSignal;
  /** Whether it was the time that ended it. */
  readonly expired: boolean;
  /** Stops counting; the caller's signal still ends it. */
  lift(): void;
  abort(): void;
  /** Lets go of the caller's signal, which may live for weeks. */
  end(): void;
}

const OVER = new Error('the time that the request was given is over');
const STOPPED = new Error('the request is of no more use');

/** `milliseconds` null: no limit. Not `AbortSignal.any`, whose followers a long-lived signal keeps. */
export function startDeadline(clock: Clock, milliseconds: number | null, signal: AbortSignal): Deadline {
  const controller = new AbortController();
  let expired = false;
  const onAbort = (): void => controller.abort(signal.reason);
  if (signal.aborted) {
    onAbort();
  } else {
    signal.addEventListener('abort', onAbort, { once: true });
  }
  const lift =
    milliseconds === null
      ? (): void => {}
      : clock.after(milliseconds, () => {
          expired = !controller.signal.aborted;
          controller.abort(OVER);
        });
  return {
    signal: controller.signal,
    get expired() {
      return expired;
    },
    lift,
    abort: () => controller.abort(STOPPED),
    end() {
      lift();
      signal.removeEventListener('abort', onAbort);
    },
  };
}
