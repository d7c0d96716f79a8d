/** Brings one endpoint to what the record says; its versions are services, which are brought there on their own. */
import type { Logger } from '@farled/service';
import type { EndpointRecord, OperationRecord, State } from '@farled/state';

import type { Result } from '../loop/loop.ts';
import { OperationLogs } from '../service/operation-log.ts';
import type { EndpointRoutes } from './endpoint-routes.ts';

export interface EndpointReconcilerParts {
  readonly state: State;
  readonly routes: EndpointRoutes;
  readonly log: Logger;
}

/** For what nobody announced. */
const RESYNC_MS = 10 * 60_000;
/** Versions that are being deleted announce their end. */
const RECHECK_MS = 30_000;

export class EndpointReconciler {
  readonly #parts: EndpointReconcilerParts;
  readonly #logs: OperationLogs;

  constructor(parts: EndpointReconcilerParts) {
    this.#parts = parts;
    this.#logs = new OperationLogs(parts.state.operations, parts.log);
  }

  /** Takes over what an earlier run left, before the first reconciliation. Answers every key to look at. */
  async adopt(): Promise<readonly string[]> {
    const running = await this.#parts.state.operations.running();
    const abandoned = running.filter(({ targetType }) => targetType === 'endpoint').map(({ targetId }) => targetId);
    return [...new Set([...(await this.#parts.routes.adopt()), ...abandoned])];
  }

  async reconcile(endpointId: string, signal: AbortSignal): Promise<Result> {
    const { state, routes } = this.#parts;
    const endpoint = await state.endpoints.byId(endpointId);
    const operation = await this.#runningOn(endpointId);
    if (operation !== undefined) {
      await state.operations.setState(operation.id, 'Running');
    }
    await routes.publish(endpointId, signal);
    if (endpoint === undefined) {
      await this.#end(operation, operation?.kind === 'DeleteEndpoint' ? 'Succeeded' : 'Cancelled');
      return {};
    }
    if (endpoint.deleting) {
      return this.#delete(endpoint, operation);
    }
    if (operation !== undefined) {
      this.#logs.write(operation.id, sentence(endpoint));
      await this.#end(operation, 'Succeeded');
    }
    return { requeueAfterMs: RESYNC_MS };
  }

  /** Routers know it no more; its versions end as services do, and it when they have. */
  async #delete(endpoint: EndpointRecord, operation: OperationRecord | undefined): Promise<Result> {
    const { state } = this.#parts;
    if ((await state.services.ofEndpoint(endpoint.id)).length > 0) {
      return { requeueAfterMs: RECHECK_MS };
    }
    if (operation !== undefined) {
      this.#logs.write(operation.id, `Endpoint "${endpoint.name}" is deleted.`);
      await this.#logs.flush(operation.id);
    }
    await state.endpoints.remove(endpoint.id);
    await this.#end(operation, 'Succeeded');
    return {};
  }

  async #runningOn(endpointId: string): Promise<OperationRecord | undefined> {
    const running = await this.#parts.state.operations.running();
    return running.find(({ targetType, targetId }) => targetType === 'endpoint' && targetId === endpointId);
  }

  async #end(operation: OperationRecord | undefined, state: OperationRecord['state']): Promise<void> {
    if (operation !== undefined) {
      await this.#logs.end(operation.id);
      await this.#parts.state.operations.setState(operation.id, state);
    }
  }
}

function sentence({ name, sharing }: EndpointRecord): string {
  const { versions, defaultVersion } = sharing.traffic;
  const shares = versions.map((version) => `${version.name} ${version.trafficPercentile} %`);
  return `Endpoint "${name}" is changed: ${shares.join(', ')}, what is left goes to ${defaultVersion}.`;
}
