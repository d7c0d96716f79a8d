/** Why requests were not answered by a replica: the latest ones, by request id. */
export interface Refusal {
  readonly requestId: string;
  readonly service: string;
  /** Of a request to an endpoint: its name, and what it calls the service. */
  readonly endpoint?: string;
  readonly version?: string;
  readonly status: number;
  /** One sentence with the numbers that decided. */
  readonly because: string;
  /** ISO 8601. */
  readonly at: string;
}

const KEPT = 1000;

export class Refusals {
  readonly #byId = new Map<string, Refusal>();

  add(refusal: Refusal): void {
    this.#byId.delete(refusal.requestId);
    this.#byId.set(refusal.requestId, refusal);
    const [oldest] = this.#byId.keys();
    if (this.#byId.size > KEPT && oldest !== undefined) {
      this.#byId.delete(oldest);
    }
  }

  find(requestId: string): Refusal | undefined {
    return this.#byId.get(requestId);
  }
}
