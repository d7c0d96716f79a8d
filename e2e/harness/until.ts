/** Waits for a condition; a test that needs a moment names what it waits for instead of sleeping. */
import { systemClock } from '@farled/service';

export async function until(what: string, holds: () => Promise<boolean> | boolean, timeoutMs = 60_000): Promise<void> {
  const deadline = systemClock.now() + timeoutMs;
  while (!(await holds())) {
    if (systemClock.now() >= deadline) {
      throw new Error(`Waited ${timeoutMs} ms in vain until ${what}.`);
    }
    await systemClock.sleep(20);
  }
}
