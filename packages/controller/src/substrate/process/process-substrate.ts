/** Replicas as processes of this machine. They outlive this program; it finds them again by what is on disk. */
import { type Clock, isRunning, type Logger } from '@farled/service';

import type { ReplicaChanged, ReplicaSpec, Substrate } from '../substrate.ts';
import { findReplicaProcesses } from './find-process.ts';
import { ServiceLogs } from './logs.ts';
import { listReplicaIds, type RecordedReplica, ReplicaFolder } from './replica-folder.ts';
import { Replica, type ReplicaParts } from './replica.ts';

export interface ProcessSubstrateParts {
  /** Where replicas are described, and their sockets are. */
  readonly runFolder: string;
  readonly logsFolder: string;
  /** The runtime's program. */
  readonly runtimeEntry: string;
  /** Arguments of Node before the program. */
  readonly nodeArguments: readonly string[];
  readonly clock: Clock;
  readonly log: Logger;
  readonly changed: ReplicaChanged;
}

/** Opens the substrate, adopting what an earlier run left. */
export async function createProcessSubstrate(parts: ProcessSubstrateParts): Promise<Substrate> {
  const substrate = new ProcessSubstrate(parts);
  await substrate.adopt();
  return substrate;
}

class ProcessSubstrate implements Substrate {
  readonly #parts: ProcessSubstrateParts;
  readonly #replicas = new Map<string, Replica>();
  readonly #starting = new Map<string, Promise<void>>();
  readonly #logs: ServiceLogs;

  constructor(parts: ProcessSubstrateParts) {
    this.#parts = parts;
    this.#logs = new ServiceLogs(parts.logsFolder);
  }

  async adopt(): Promise<void> {
    const { runFolder, log } = this.#parts;
    const ids = await listReplicaIds(runFolder);
    const processes = ids.length === 0 ? new Map<string, never>() : await findReplicaProcesses();
    for (const id of ids) {
      const folder = new ReplicaFolder(runFolder, id);
      const recorded = await folder.readSpec();
      const noted = await folder.readIdentity();
      // Noted and alive, or started by a run that ended before it could note it.
      const identity = noted !== undefined && (await isRunning(noted)) ? noted : (processes.get(id) ?? noted);
      if (recorded === undefined || identity === undefined) {
        // Nothing was started yet: whoever wanted it starts another.
        await folder.remove();
        continue;
      }
      log.info({ replica: id, pid: identity.pid }, 'Replica of an earlier run is adopted');
      this.#replicas.set(id, await Replica.adopt(this.#replicaParts(recorded, folder), identity));
    }
  }

  observe(serviceId: string) {
    return Promise.resolve(
      [...this.#replicas.values()].map((replica) => replica.observe()).filter((seen) => seen.serviceId === serviceId),
    );
  }

  services() {
    return Promise.resolve([...new Set([...this.#replicas.values()].map(({ spec }) => spec.service.id))]);
  }

  async start(spec: ReplicaSpec): Promise<void> {
    if (this.#replicas.has(spec.id)) {
      return;
    }
    const starting = this.#starting.get(spec.id) ?? this.#start(spec);
    this.#starting.set(spec.id, starting);
    await starting.finally(() => this.#starting.delete(spec.id));
  }

  async drain(id: string): Promise<void> {
    await this.#replicas.get(id)?.drain();
  }

  async remove(id: string, graceMs: number): Promise<void> {
    const replica = this.#replicas.get(id);
    await replica?.remove(graceMs);
    if (replica !== undefined && this.#replicas.get(id) === replica) {
      this.#replicas.delete(id);
    }
  }

  logs(serviceId: string, lines: number) {
    return this.#logs.read(serviceId, lines);
  }

  followLogs(serviceId: string, lines: number, signal: AbortSignal) {
    return this.#logs.follow(serviceId, lines, this.#parts.clock, signal);
  }

  removeLogs(serviceId: string) {
    return this.#logs.remove(serviceId);
  }

  async removeAll(graceMs: number): Promise<void> {
    await Promise.all([...this.#replicas.keys()].map((id) => this.remove(id, graceMs)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#replicas.values()].map((replica) => replica.stopWatching()));
  }

  async #start(spec: ReplicaSpec): Promise<void> {
    const { runFolder, runtimeEntry, nodeArguments, clock } = this.#parts;
    const folder = new ReplicaFolder(runFolder, spec.id);
    const logFile = this.#logs.fileOf(spec.service.id, spec.id);
    await this.#logs.trim(spec.service.id);
    const parts = this.#replicaParts({ spec, startedAt: clock.now() }, folder);
    this.#replicas.set(spec.id, await Replica.start(parts, { logFile, runtimeEntry, nodeArguments }));
  }

  #replicaParts(recorded: RecordedReplica, folder: ReplicaFolder): ReplicaParts {
    const { clock, log, changed } = this.#parts;
    return { recorded, folder, clock, log, changed: () => changed(recorded.spec.service.id) };
  }
}
