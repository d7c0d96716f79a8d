import { systemClock } from '@farled/service';

const DEADLINE_MS = 10_000;

/** Resolves as soon as it holds. @throws Error when it does not in time. */
export async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = systemClock.now() + DEADLINE_MS;
  while (!(await holds())) {
    if (systemClock.now() > deadline) {
      throw new Error(`It did not come to hold within ${DEADLINE_MS} ms: ${String(holds)}`);
    }
    await systemClock.sleep(10);
  }
}
