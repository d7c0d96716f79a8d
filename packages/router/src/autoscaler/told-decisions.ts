/**
 * The elected router's log of decisions, written where the control plane reads it and the next leader goes on: beside the
 * counts of endpoints.
 */
import { DecisionLog, type Looked } from '@farled/autoscaling';
import { CLUSTER_STATISTICS, ClusterDecisions } from '@farled/contract';
import { KINDS, type KubernetesClient } from '@farled/kubernetes';
import type { Clock, Logger } from '@farled/service';

export interface ToldDecisionsParts {
  readonly client: Pick<KubernetesClient, 'get' | 'patch'>;
  /** Where the routers are. */
  readonly namespace: string;
  /** Names of the services that there are. */
  readonly services: () => Iterable<string>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** A burst scales many services at once. */
const EVERY_MS = 1000;
const CALL_MS = 5000;

export class ToldDecisions {
  readonly #parts: ToldDecisionsParts;
  readonly #key: { readonly namespace: string; readonly name: string };
  #log = new DecisionLog();
  #isUntold = false;

  constructor(parts: ToldDecisionsParts) {
    this.#parts = parts;
    this.#key = { namespace: parts.namespace, name: CLUSTER_STATISTICS.configMap };
  }

  note(service: string, looked: Looked): void {
    this.#isUntold = this.#log.note(service, looked) || this.#isUntold;
  }

  /** Until the term ends: takes up what was logged before, then writes what is noted. A failure is said once. */
  async tell(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#parts;
    let isFailing = false;
    let isTakenUp = false;
    while (!signal.aborted) {
      try {
        if (!isTakenUp) {
          await this.#takeUp(signal);
          isTakenUp = true;
        }
        await this.#write(signal);
        isFailing = false;
      } catch (error) {
        if (!signal.aborted && !isFailing) {
          isFailing = true;
          log.warn({ err: error }, 'What the autoscaler decides could not be written down: it goes on deciding');
        }
      }
      await clock.sleep(EVERY_MS, signal).catch(() => {});
    }
  }

  async #takeUp(signal: AbortSignal): Promise<void> {
    const { client } = this.#parts;
    const found = await this.#within(signal, (limited) => client.get(KINDS.configMap, this.#key, limited));
    const noted = this.#log;
    this.#log = new DecisionLog(merged(parsed(found?.data?.[CLUSTER_STATISTICS.decisionsKey]), noted, this.#names));
  }

  async #write(signal: AbortSignal): Promise<void> {
    if (!this.#isUntold) {
      return;
    }
    this.#isUntold = false;
    const data = { [CLUSTER_STATISTICS.decisionsKey]: JSON.stringify(this.#log.all(this.#names)) };
    try {
      await this.#within(signal, (limited) => this.#parts.client.patch(KINDS.configMap, this.#key, { data }, limited));
    } catch (error) {
      this.#isUntold = true;
      throw error;
    }
  }

  get #names(): readonly string[] {
    return [...this.#parts.services()];
  }

  async #within<T>(signal: AbortSignal, call: (limited: AbortSignal) => Promise<T>): Promise<T> {
    const late = new AbortController();
    const cancel = this.#parts.clock.after(CALL_MS, () => late.abort(new Error(`no answer within ${CALL_MS} ms`)));
    try {
      return await call(AbortSignal.any([late.signal, signal]));
    } finally {
      cancel();
    }
  }
}

/** What was noted while the API server did not say what there was before comes after that. */
function merged(before: ClusterDecisions, noted: DecisionLog, names: readonly string[]): ClusterDecisions {
  const all = { ...before };
  for (const [service, entries] of Object.entries(noted.all(names))) {
    all[service] = [...(before[service] ?? []), ...entries];
  }
  return all;
}

/** What another release wrote is begun anew. */
function parsed(text: string | undefined): ClusterDecisions {
  try {
    return ClusterDecisions.parse(JSON.parse(text ?? '{}'));
  } catch {
    return {};
  }
}
