/** Routers do not speak with each other on the way of a request: this is what that costs, by simulation. */
import { ManualClock } from '@farled/service';
import { expect, test } from 'vitest';

import { Admission } from './admission.ts';

const never = new AbortController().signal;

interface Setting {
  readonly routers: number;
  readonly replicas: number;
  readonly serviceMs: number;
  /** Of what the replicas can do. */
  readonly load: number;
}

/** Requests come at random to any router, replicas of one slot refuse what they can't begin. */
async function simulate({ routers, replicas, serviceMs, load }: Setting) {
  const clock = new ManualClock(0);
  const ids = Array.from({ length: replicas }, (_, index) => `replica-${index}`);
  const busy = new Set<string>();
  const admissions = Array.from({ length: routers }, () => {
    const admission = new Admission(clock);
    admission.update({ slots: 1, maxQueueWaitMs: 500 }, ids);
    return admission;
  });
  const random = randomNumbers();
  const latencies: number[] = [];
  let refused = 0;
  const request = async (admission: Admission, scoringMs: number): Promise<void> => {
    const began = clock.now();
    let since: number | null = null;
    for (;;) {
      const admitted = await admission.admit(never, { caller: '', deadline: Number.POSITIVE_INFINITY, since });
      if (admitted.outcome === 'overloaded') {
        refused += 1;
        return;
      }
      const { ticket } = admitted;
      await clock.sleep(1);
      if (!busy.has(ticket.replica)) {
        busy.add(ticket.replica);
        await clock.sleep(scoringMs);
        busy.delete(ticket.replica);
        ticket.release();
        latencies.push(clock.now() - began);
        return;
      }
      ticket.rest('refusal');
      since ??= clock.now();
    }
  };
  const requests: Promise<void>[] = [];
  for (let at = 0; at < 20_000;) {
    at += (-Math.log(1 - random()) * serviceMs) / (load * replicas);
    await clock.advance(Math.max(0, at - clock.now()));
    const admission = admissions[Math.floor(random() * routers)];
    if (admission !== undefined) {
      requests.push(request(admission, serviceMs * (0.5 + random())));
    }
  }
  await clock.advance(10_000);
  await Promise.all(requests);
  const sorted = latencies.toSorted((a, b) => a - b);
  return { count: requests.length, refused, median: sorted[sorted.length >> 1] ?? 0 };
}

/** The same ones each time: a linear congruential generator with the constants of Numerical Recipes. */
function randomNumbers(): () => number {
  let state = 42;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

test.each([
  { routers: 1, replicas: 3, serviceMs: 20, load: 0.7 },
  { routers: 2, replicas: 4, serviceMs: 50, load: 0.7 },
  { routers: 3, replicas: 3, serviceMs: 20, load: 0.7 },
  { routers: 3, replicas: 6, serviceMs: 20, load: 0.7 },
  { routers: 3, replicas: 6, serviceMs: 100, load: 0.7 },
])("at the autoscaler's target nothing is refused, and half of the requests hardly wait: %o", async (setting) => {
  const { count, refused, median } = await simulate(setting);
  expect(count).toBeGreaterThan(100);
  expect(refused).toBe(0);
  expect(median).toBeLessThan(2 * setting.serviceMs);
});
