/** Many changes that come at once are one. */
import type { Clock } from '@farled/service';

/** Runs `run` once, that long after the first call since the last run: a stream of calls can't hold it off. */
export function coalesce(clock: Clock, milliseconds: number, run: () => void): () => void {
  let isPending = false;
  return () => {
    if (isPending) {
      return;
    }
    isPending = true;
    clock.after(milliseconds, () => {
      isPending = false;
      run();
    });
  };
}
