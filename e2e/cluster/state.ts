/** What is written down of a running cluster, so that any process can use it and take it down. */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Layout } from './layout.ts';

export interface ProcessId {
  readonly pid: number;
  readonly startTicks: string;
}

/** Who talks to the API server. Each has a token of its own, so that the cluster's own access rules hold. */
export interface User {
  readonly name: string;
  readonly group?: string;
  readonly token: string;
}

export interface ClusterState {
  readonly phase: 'starting' | 'up';
  readonly users: {
    readonly admin: User;
    readonly controllerManager: User;
    readonly scheduler: User;
    readonly proxy: User;
    readonly dns: User;
    readonly kwok: User;
    readonly nodes: Readonly<Record<string, User>>;
  };
  readonly etcdPort: number;
  readonly etcdPeerPort: number;
  readonly registryPort: number;
  readonly kubernetes: string;
  /** The test runs that use it: the last one's end takes it down. Undefined: it stays until somebody says so. */
  readonly testRuns?: readonly ProcessId[];
}

export async function readState(layout: Layout): Promise<ClusterState | undefined> {
  try {
    return JSON.parse(await readFile(stateFile(layout), 'utf8')) as ClusterState;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return undefined;
    }
    throw new Error(`${stateFile(layout)} cannot be read.`, { cause: error });
  }
}

export async function writeState(layout: Layout, state: ClusterState): Promise<void> {
  const unfinished = `${stateFile(layout)}.${process.pid}`;
  await writeFile(unfinished, JSON.stringify(state, undefined, 2), { mode: 0o600 });
  await rename(unfinished, stateFile(layout));
}

function stateFile(layout: Layout): string {
  return join(layout.folder, 'state.json');
}
