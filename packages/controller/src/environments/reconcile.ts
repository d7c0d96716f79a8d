/** Builds one environment ahead of the services that are to run in it, as they would have it built. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { FarledError } from '@farled/contract';
import type { Clock, Logger } from '@farled/service';
import type { State } from '@farled/state';

import type { Result } from '../loop/loop.ts';
import { Making } from '../making.ts';
import type { Environments } from './environments.ts';

export interface EnvironmentReconcilerParts {
  readonly state: State;
  readonly environments: Pick<Environments, 'ensure'>;
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly log: Logger;
}

export class EnvironmentReconciler {
  readonly #parts: EnvironmentReconcilerParts;
  readonly #making: Making;

  constructor(parts: EnvironmentReconcilerParts) {
    this.#parts = parts;
    this.#making = new Making({ ...parts, targetType: 'environment', late: 'The environment was not built in time.' });
  }

  /** Those that an earlier run was asked for, and did not build. */
  adopt(): Promise<readonly string[]> {
    return this.#making.adopt();
  }

  cancel(id: string): void {
    this.#making.cancel(id);
  }

  /** @param id of the operation. */
  async reconcile(id: string, signal: AbortSignal): Promise<Result> {
    const { state } = this.#parts;
    const operation = await state.operations.byId(id);
    if (operation === undefined) {
      return {};
    }
    await this.#making.carryOut(
      operation,
      async (attempt) => {
        const { name, version } = parseTarget(operation.targetName);
        const { definition } = await state.environments.get(operation.workspaceId, name, version);
        return attempt(async (log, stop) => {
          // Which packages an entry script imports is not known yet.
          const sourceDirectory = await mkdtemp(join(tmpdir(), 'farled-environment-'));
          try {
            const build = { definition, sourceDirectory, pythonPolicy: 'nearest', log, signal: stop } as const;
            const { digest } = await this.#parts.environments.ensure(build);
            return `Environment ${operation.targetName} is installed as ${digest}.`;
          } finally {
            await rm(sourceDirectory, { recursive: true, force: true });
          }
        });
      },
      signal,
    );
    return {};
  }
}

/** Of `name:version`. */
function parseTarget(target: string): { name: string; version: string } {
  const at = target.lastIndexOf(':');
  if (at === -1) {
    throw new FarledError('InternalError', `"${target}" names no version of an environment.`);
  }
  return { name: target.slice(0, at), version: target.slice(at + 1) };
}
