/** Deployments of late, for those who ask how theirs went: right after it, and for nothing else. */
import type { DoneDeployment } from './wire-deployment.ts';

/** More than are asked for at once; the oldest goes first. */
const MOST = 200;

export class DoneDeployments {
  readonly #byId = new Map<string, DoneDeployment>();

  add(deployment: DoneDeployment): void {
    const key = deployment.id.toLowerCase();
    this.#byId.delete(key);
    this.#byId.set(key, deployment);
    for (const oldest of this.#byId.keys()) {
      if (this.#byId.size <= MOST) {
        return;
      }
      this.#byId.delete(oldest);
    }
  }

  find(id: string): DoneDeployment | undefined {
    return this.#byId.get(id.toLowerCase());
  }
}
