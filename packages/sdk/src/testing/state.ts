/** What the test double remembers: plain maps, and operations that end at once unless a test holds them. */
import { randomUUID } from 'node:crypto';

import {
  FarledError,
  type Cluster,
  type Compute,
  type Environment,
  type Model,
  type Operation,
  type OperationKind,
  type Package,
  type Service,
  type ServiceKeys,
  type Workspace,
} from '@farled/contract';

interface HeldOperation {
  operation: Operation;
  readonly lines: { at: string; text: string }[];
  /** Makes the end of the operation visible. */
  readonly finish: () => void;
}

export interface TestState {
  readonly workspaces: Map<string, Workspace>;
  readonly artifacts: Map<string, Uint8Array>;
  readonly models: Map<string, Model>;
  readonly environments: Map<string, Environment>;
  readonly clusters: Map<string, Cluster>;
  readonly computes: Map<string, Compute>;
  readonly services: Map<string, Service>;
  /** What each service was before its last update. */
  readonly previous: Map<string, Service>;
  readonly keys: Map<string, ServiceKeys>;
  /** The latest token of each service, which is the only one that it takes. */
  readonly tokens: Map<string, string>;
  readonly packages: Map<string, Package>;
  readonly operations: Map<string, HeldOperation>;
  /** While true, operations start and do not end. */
  holdOperations: boolean;
  /** The next operation fails with this. */
  failWith: FarledError | undefined;
}

export function emptyState(): TestState {
  return {
    workspaces: new Map(),
    artifacts: new Map(),
    models: new Map(),
    environments: new Map(),
    clusters: new Map(),
    computes: new Map(),
    services: new Map(),
    previous: new Map(),
    keys: new Map(),
    tokens: new Map(),
    packages: new Map(),
    operations: new Map(),
    holdOperations: false,
    failWith: undefined,
  };
}

export function now(): string {
  return new Date().toISOString();
}

/** Runs `apply` and ends the operation, or fails it as the test asked. The same id starts nothing twice. */
export function startOperation(
  state: TestState,
  id: string = randomUUID(),
  kind: OperationKind,
  target: Operation['target'],
  apply: () => void,
): Operation {
  const known = state.operations.get(id);
  if (known !== undefined) {
    return known.operation;
  }
  const failure = state.failWith;
  state.failWith = undefined;
  const held: HeldOperation = {
    operation: { id, kind, target, state: 'Running', error: null, createdTime: now(), endTime: null },
    lines: [{ at: now(), text: `${kind} of ${target.name} started.` }],
    finish: () => {
      if (failure === undefined) {
        apply();
      }
      held.lines.push({ at: now(), text: `${kind} of ${target.name} ended.` });
      held.operation = {
        ...held.operation,
        state: failure === undefined ? 'Succeeded' : 'Failed',
        error:
          failure === undefined
            ? null
            : {
                code: failure.code,
                statusCode: failure.statusCode,
                message: failure.message,
                details: [],
                ...(failure.suggestion === undefined ? {} : { suggestion: failure.suggestion }),
              },
        endTime: now(),
      };
    },
  };
  state.operations.set(id, held);
  const started = held.operation;
  if (!state.holdOperations) {
    held.finish();
  }
  return started;
}

export function found<Value>(
  value: Value | undefined,
  code: ConstructorParameters<typeof FarledError>[0],
  what: string,
): Value {
  if (value === undefined) {
    throw new FarledError(code, `There is no ${what}.`);
  }
  return value;
}
