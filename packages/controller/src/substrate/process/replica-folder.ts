/** What is on disk of a replica: written before its process is started, so that a crash in between loses nothing. */
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { ReplicaFailure } from '@farled/contract';
import { type ProcessIdentity, readJsonFile, writeFileAtomically } from '@farled/service';
import { z } from 'zod';

import type { ReplicaSpec } from '../substrate.ts';

export interface RecordedReplica {
  readonly spec: ReplicaSpec;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
}

const Identity = z.object({ pid: z.int(), startTicks: z.string().nullable() });
const Report = z.object({ failure: ReplicaFailure.nullable() });

/** Names are short: a socket's path has a limit. */
export class ReplicaFolder {
  readonly path: string;

  constructor(runFolder: string, id: string) {
    this.path = join(foldersIn(runFolder), id);
  }

  get socket(): string {
    return join(this.path, 's');
  }

  get reportFile(): string {
    return join(this.path, 'report.json');
  }

  async writeSpec(recorded: RecordedReplica): Promise<void> {
    await mkdir(this.path, { recursive: true, mode: 0o700 });
    await writeFileAtomically(join(this.path, 'spec.json'), JSON.stringify(recorded));
  }

  async readSpec(): Promise<RecordedReplica | undefined> {
    // Written by this program alone, whole or not at all.
    return (await readJsonFile(join(this.path, 'spec.json'))) as RecordedReplica | undefined;
  }

  writeIdentity(identity: ProcessIdentity): Promise<void> {
    return writeFileAtomically(join(this.path, 'identity.json'), JSON.stringify(identity));
  }

  async readIdentity(): Promise<ProcessIdentity | undefined> {
    const found = Identity.safeParse(await readJsonFile(join(this.path, 'identity.json')));
    return found.success ? found.data : undefined;
  }

  /** Notes that it took requests once: what a later end means depends on it. */
  async markReady(): Promise<void> {
    await writeFileAtomically(join(this.path, 'was-ready.json'), 'true');
  }

  async wasReady(): Promise<boolean> {
    return (await readJsonFile(join(this.path, 'was-ready.json'))) === true;
  }

  /** Why it ended, when it said so. */
  async readFailure(): Promise<ReplicaFailure | null> {
    const report = Report.safeParse(await readJsonFile(this.reportFile));
    return report.success ? report.data.failure : null;
  }

  remove(): Promise<void> {
    return rm(this.path, { recursive: true, force: true });
  }
}

export async function listReplicaIds(runFolder: string): Promise<readonly string[]> {
  await mkdir(foldersIn(runFolder), { recursive: true, mode: 0o700 });
  return readdir(foldersIn(runFolder));
}

function foldersIn(runFolder: string): string {
  return join(runFolder, 'replicas');
}
