/** Brings one endpoint to what the record says; its versions are services, which are brought there on their own. */
import type { Clock, Logger } from '@farled/service';
import type { EndpointRecord, OperationRecord, State } from '@farled/state';

import type { Result } from '../loop/loop.ts';
import { OperationLogs } from '../service/operation-log.ts';
import { errorBody } from '../service/status.ts';
import type { EndpointRoutes } from './endpoint-routes.ts';
import { moveRollout, type RolloutMove, takeBack } from './rollout.ts';

export interface EndpointReconcilerParts {
  readonly state: State;
  readonly routes: EndpointRoutes;
  readonly clock: Clock;
  readonly log: Logger;
}

/** For what nobody announced. */
const RESYNC_MS = 10 * 60_000;
/** How often a rollout is looked at. */
const LOOK_MS = 1000;
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
    // The operation first: the endpoint is then at least as new as what it asks for.
    const operation = await this.#runningOn(endpointId);
    const endpoint = await state.endpoints.byId(endpointId);
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
    if (operation?.kind === 'RollOutVersion') {
      return this.#rollOut(endpoint, operation, signal);
    }
    if (operation !== undefined) {
      this.#logs.write(operation.id, sentence(endpoint));
      await this.#end(operation, 'Succeeded');
    }
    return { requeueAfterMs: RESYNC_MS };
  }

  /** The routers have taken up the present step. What comes next is written before anybody acts by it. */
  async #rollOut(endpoint: EndpointRecord, operation: OperationRecord, signal: AbortSignal): Promise<Result> {
    const { state, routes, clock } = this.#parts;
    const { id, sharing, rollout } = endpoint;
    if (rollout === null || rollout.state !== 'Running') {
      await this.#endRollout(endpoint, operation);
      return { requeueAfterMs: RESYNC_MS };
    }
    if (operation.cancelRequested) {
      await this.#move(endpoint, takeBack(sharing, rollout, 'Aborted', 'It was aborted.'));
      return {};
    }
    const read = await routes.statistics(endpoint, signal);
    if (read.kind === 'untold') {
      await state.endpoints.recordRollout(id, { ...rollout, because: read.because });
      return { requeueAfterMs: LOOK_MS };
    }
    if (rollout.observation === null && read.statistics.at < Date.parse(endpoint.updatedTime)) {
      // Written down before the step began, as a cluster's may be.
      return { requeueAfterMs: LOOK_MS };
    }
    const move = moveRollout(endpoint, rollout, read.statistics.routers, clock.now());
    if (move.line !== undefined) {
      this.#logs.write(operation.id, move.line);
    }
    await this.#move(endpoint, move);
    return { requeueAfterMs: LOOK_MS };
  }

  async #move({ id, operationId }: EndpointRecord, { rollout, sharing }: RolloutMove): Promise<void> {
    const { endpoints } = this.#parts.state;
    await (sharing === undefined && rollout.state === 'Running'
      ? endpoints.recordRollout(id, rollout)
      : endpoints.change(id, { rollout, operationId, ...(sharing === undefined ? {} : { sharing }) }));
  }

  async #endRollout({ name, rollout }: EndpointRecord, operation: OperationRecord): Promise<void> {
    await this.#logs.end(operation.id);
    const { operations } = this.#parts.state;
    switch (rollout?.state) {
      case 'Succeeded':
        return operations.setState(operation.id, 'Succeeded');
      case 'RolledBack': {
        const message = `Version "${rollout.version}" of endpoint "${name}" gets ${rollout.before} % again: ${rollout.because}`;
        return operations.setState(operation.id, 'Failed', errorBody('RolledBack', message));
      }
      default:
        return operations.setState(
          operation.id,
          'Cancelled',
          errorBody('OperationCancelled', 'The rollout was aborted.'),
        );
    }
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
