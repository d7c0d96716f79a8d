/** One replica: its process, watched until it is gone. */
import { type Clock, identifyProcess, isRunning, type Logger, type ProcessIdentity } from '@farled/service';

import type { ObservedReplica, ReplicaExit, ReplicaSpec } from '../substrate.ts';
import { launch, type Launch } from './launch.ts';
import { askToDrain, probe } from './probe.ts';
import type { RecordedReplica, ReplicaFolder } from './replica-folder.ts';

export interface ReplicaParts {
  readonly recorded: RecordedReplica;
  readonly folder: ReplicaFolder;
  readonly clock: Clock;
  readonly log: Logger;
  readonly changed: () => void;
}

const STARTING_POLL_MS = 40;
const RUNNING_POLL_MS = 500;
const GONE_POLL_MS = 20;
const DRAIN_TIMEOUT_MS = 1000;
/** The kernel ends a killed process at once, unless it hangs in a device. */
const KILL_TIMEOUT_MS = 30_000;

interface End {
  readonly code: number | null;
  readonly signal: string | null;
}

export class Replica {
  readonly spec: ReplicaSpec;
  readonly folder: ReplicaFolder;
  readonly #parts: ReplicaParts;
  readonly #stopped = new AbortController();
  #watching: Promise<void> = Promise.resolve();
  #identity: ProcessIdentity | null = null;
  #phase: ObservedReplica['phase'] = 'starting';
  #hadBeenReady = false;
  #exit: ReplicaExit | null = null;
  /** How a process of our own ended; nobody tells that of one of an earlier run. */
  #ended: End | null = null;
  #ending: Promise<unknown> = Promise.resolve();
  #silentProbes = 0;

  private constructor(parts: ReplicaParts) {
    this.#parts = parts;
    this.spec = parts.recorded.spec;
    this.folder = parts.folder;
  }

  /** Starts a new one; its spec is on disk before its process is there. */
  static async start(parts: ReplicaParts, how: Omit<Launch, 'spec' | 'folder'>): Promise<Replica> {
    await parts.folder.writeSpec(parts.recorded);
    const replica = new Replica(parts);
    const child = launch({ ...how, spec: replica.spec, folder: replica.folder });
    child.on('error', (error) => parts.log.error({ err: error, replica: replica.spec.id }, 'Replica could not start'));
    replica.#ending = new Promise<void>((resolve) => {
      child.once('exit', (code, signal) => {
        replica.#ended = { code, signal };
        killGroup(child.pid);
        resolve();
      });
      child.once('error', () => resolve());
    });
    child.unref();
    replica.#identity = await identifyProcess(child.pid ?? 0);
    await parts.folder.writeIdentity(replica.#identity);
    replica.#watching = replica.#watch();
    return replica;
  }

  /** Takes over one of an earlier run, whose process may be gone by now. */
  static async adopt(parts: ReplicaParts, identity: ProcessIdentity): Promise<Replica> {
    const replica = new Replica(parts);
    replica.#identity = identity;
    replica.#hadBeenReady = await parts.folder.wasReady();
    await parts.folder.writeIdentity(identity);
    await replica.#look();
    replica.#watching = replica.#watch();
    return replica;
  }

  observe(): ObservedReplica {
    const { spec } = this;
    return {
      id: spec.id,
      serviceId: spec.service.id,
      revision: spec.revision,
      phase: this.#phase,
      address: { kind: 'unix', path: this.folder.socket },
      startedAt: this.#parts.recorded.startedAt,
      exit: this.#exit,
    };
  }

  async drain(): Promise<void> {
    await askToDrain(this.folder.socket, DRAIN_TIMEOUT_MS);
  }

  /** Drains, waits up to `graceMs`, kills; returns when the process is gone and its folder removed. */
  async remove(graceMs: number): Promise<void> {
    const { clock } = this.#parts;
    if (graceMs > 0 && (await this.#isRunning())) {
      await this.drain();
      const deadline = clock.now() + graceMs;
      while ((await this.#isRunning()) && clock.now() < deadline) {
        await clock.sleep(GONE_POLL_MS);
      }
    }
    await this.#kill();
    await this.stopWatching();
    await this.folder.remove();
  }

  async stopWatching(): Promise<void> {
    this.#stopped.abort(new Error('no longer watched'));
    await this.#watching;
  }

  async #kill(): Promise<void> {
    const { clock } = this.#parts;
    const deadline = clock.now() + KILL_TIMEOUT_MS;
    while ((await this.#isRunning()) && clock.now() < deadline) {
      killGroup(this.#identity?.pid);
      await clock.sleep(GONE_POLL_MS);
    }
  }

  async #isRunning(): Promise<boolean> {
    return this.#ended === null && this.#identity !== null && (await isRunning(this.#identity));
  }

  async #watch(): Promise<void> {
    const { clock } = this.#parts;
    const { signal } = this.#stopped;
    while (!signal.aborted && this.#phase !== 'exited') {
      const delay = this.#phase === 'starting' || this.#phase === 'draining' ? STARTING_POLL_MS : RUNNING_POLL_MS;
      await clock.sleep(delay, signal).catch(() => {});
      if (!signal.aborted) {
        await this.#look();
      }
    }
  }

  async #look(): Promise<void> {
    if (!(await this.#isRunning())) {
      await this.#noteExit();
      return;
    }
    const { liveness } = this.spec;
    const report = await probe(this.folder.socket, liveness.timeoutSeconds * 1000);
    if (report !== undefined) {
      this.#silentProbes = 0;
      if (report.state === 'ready' && !this.#hadBeenReady) {
        await this.folder.markReady();
        this.#hadBeenReady = true;
      }
      this.#enter(report.state === 'failed' ? 'unready' : report.state);
      return;
    }
    if (this.#phase === 'starting') {
      await this.#endIfTooLate();
      return;
    }
    this.#silentProbes += 1;
    if (this.#silentProbes >= liveness.failureThreshold) {
      this.#enter('unready');
    }
    const silentMs = this.#silentProbes * liveness.timeoutSeconds * 1000;
    if (silentMs >= 2 * liveness.failureThreshold * liveness.periodSeconds * 1000) {
      this.#parts.log.error({ replica: this.spec.id }, 'Replica does not answer its probe and is ended');
      await this.#kill();
    }
  }

  /** A process that does not even open its socket; a long init() is no reason, because the front answers meanwhile. */
  async #endIfTooLate(): Promise<void> {
    const { initialDelaySeconds, periodSeconds, failureThreshold } = this.spec.liveness;
    const allowedMs = (initialDelaySeconds + periodSeconds * failureThreshold) * 1000;
    if (this.#parts.clock.now() - this.#parts.recorded.startedAt > allowedMs) {
      this.#parts.log.error({ replica: this.spec.id }, 'Replica did not come up and is ended');
      await this.#kill();
    }
  }

  async #noteExit(): Promise<void> {
    // The kernel shows it as gone a moment before we are told how.
    await this.#ending;
    this.#exit = {
      at: this.#parts.clock.now(),
      code: this.#ended?.code ?? null,
      signal: this.#ended?.signal ?? null,
      hadBeenReady: this.#hadBeenReady,
      failure: await this.folder.readFailure(),
    };
    this.#enter('exited');
  }

  #enter(phase: ObservedReplica['phase']): void {
    if (this.#phase !== phase) {
      this.#phase = phase;
      this.#parts.changed();
    }
  }
}

/** The replica and all that it started. */
function killGroup(pid: number | undefined): void {
  if (pid === undefined || pid <= 1) {
    return;
  }
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Nobody is left in it.
  }
}
