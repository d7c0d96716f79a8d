/** Makes one package: its operation goes from asked to made, and a crash at any line makes it again. */
import type { Clock, Logger } from '@farled/service';
import type { PackageRecord, PackageResult, State } from '@farled/state';

import type { Result } from '../loop/loop.ts';
import { Making } from '../making.ts';

export type MakePackage = (
  made: PackageRecord,
  log: (line: string) => void,
  signal: AbortSignal,
) => Promise<PackageResult>;

export interface PackageReconcilerParts {
  readonly state: State;
  readonly make: MakePackage;
  /** How long making one may take. */
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly log: Logger;
}

export class PackageReconciler {
  readonly #parts: PackageReconcilerParts;
  readonly #making: Making;

  constructor(parts: PackageReconcilerParts) {
    this.#parts = parts;
    this.#making = new Making({ ...parts, targetType: 'package', late: 'The package was not made in time.' });
  }

  /** Those that an earlier run was asked for, and did not make. */
  adopt(): Promise<readonly string[]> {
    return this.#making.adopt();
  }

  cancel(id: string): void {
    this.#making.cancel(id);
  }

  async reconcile(id: string, signal: AbortSignal): Promise<Result> {
    const { state, make } = this.#parts;
    const made = await state.packages.byId(id);
    const operation = made === undefined ? undefined : await state.operations.find(made.workspaceId, id);
    if (made === undefined || operation === undefined) {
      return {};
    }
    await this.#making.carryOut(
      operation,
      async (attempt) => {
        const result = made.result ?? (await attempt((log, stop) => make(made, log, stop)));
        await state.packages.recordResult(id, result);
        return done(made, result);
      },
      signal,
    );
    return {};
  }
}

function done({ spec }: PackageRecord, { location, files }: PackageResult): string {
  return location === null
    ? `The Dockerfile of ${spec.imageName}:${spec.imageLabel} and ${files.length - 1} files beside it are there.`
    : `Run it with: docker run -p 6789:5001 ${location}`;
}
