/**
 * One router process: adopts the one of an earlier run, starts one when there is none, replaces one that died, and one of
 * an earlier version by a successor that takes over its listening socket.
 */
import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { FarledError, type RouterStatistics, type RouteTable } from '@farled/contract';
import { createRouterControl, type RouterControl, routerEntry } from '@farled/router';
import {
  backoffDelay,
  type Clock,
  identifyProcess,
  isRunning,
  type Logger,
  type ProcessIdentity,
  writeFileAtomically,
} from '@farled/service';

import { readRouterFile, type RouterFile } from './router-file.ts';

export interface RouterProcessParts {
  /** Of its files: `router`, `router-1`... */
  readonly name: string;
  readonly run: string;
  readonly logs: string;
  /** Of what it runs: one of another version is replaced. */
  readonly version: string;
  /** Paths of certificates and their keys; with none, requests come in the clear. */
  readonly tls: { readonly certs: readonly string[]; readonly keys: readonly string[] };
  /** Arguments of Node before the program, so that a child reads the same sources. */
  readonly nodeArguments: readonly string[];
  /** Where it is to listen when it is started, and whether others do already. */
  readonly place: () => Promise<Place>;
  /** Called when a router was started in place of one that died. */
  readonly replaced: () => void;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface Place {
  readonly host: string;
  readonly port: number;
  readonly use: 'alone' | 'first' | 'beside';
}

interface Running {
  readonly identity: ProcessIdentity;
  readonly control: RouterControl;
  /** Its file below `run`. */
  readonly socket: string;
}

const START_TIMEOUT_MS = 15_000;
const CHECK_MS = 250;
const RESTART = { firstMs: 100, maximumMs: 10_000, factor: 2 };

export class RouterProcess implements AsyncDisposable {
  readonly #parts: RouterProcessParts;
  readonly #stopped = new AbortController();
  #watching: Promise<void> = Promise.resolve();
  #running: Running;
  /** Those whose successors have taken over: they answer what they have. */
  #leaving: readonly Running[] = [];
  #listening: RouterStatistics['listening'] = { host: '', port: 0 };
  #version = '';
  /** Tables and starts take turns: one that is started reads the table that it is to begin with. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(parts: RouterProcessParts) {
    this.#parts = parts;
    this.#running = this.#at({ pid: 0, startTicks: null }, `${parts.name}.sock`);
  }

  /** Where it takes requests; port 0 before it does. */
  get listening(): RouterStatistics['listening'] {
    return this.#listening;
  }

  isRunning(): Promise<boolean> {
    return isRunning(this.#running.identity);
  }

  /** False when there is none that could serve at that address. */
  async adopt({ host, port, isShared }: { host: string; port: number; isShared: boolean }): Promise<boolean> {
    const found = await this.#find();
    if (found === null) {
      return false;
    }
    const { log } = this.#parts;
    this.#running = this.#at(found, found.socket);
    this.#leaving = found.leaving.map((leaving) => this.#at(leaving, leaving.socket));
    this.#version = found.version;
    const isThere = found.host === host && (port === 0 || found.port === port) && found.tls === this.#tls;
    const fits = isThere && (found.isShared || !isShared);
    try {
      const { listening } = await this.#running.control.statistics(AbortSignal.timeout(2000));
      if (fits) {
        this.#listening = listening;
        log.info({ pid: found.pid, listening }, 'Router of an earlier run is adopted');
        return true;
      }
    } catch (error) {
      log.warn({ err: error, pid: found.pid }, 'Router of an earlier run does not answer');
    }
    await this.#end(this.#running, START_TIMEOUT_MS);
    return false;
  }

  /** Null when none runs. A server that was killed may not have noted the one that it had just started. */
  async #find(): Promise<RouterFile | null> {
    const noted = await readRouterFile(this.#filePath);
    if (noted !== undefined && (await isRunning(noted))) {
      return noted;
    }
    const { socket, control } = this.#running;
    const told = await control.statistics(AbortSignal.timeout(2000)).catch(() => null);
    if (told === null) {
      return null;
    }
    const identity = await identifyProcess(told.pid);
    return {
      ...told.listening,
      ...identity,
      socket,
      isShared: true,
      version: '',
      tls: '',
      leaving: noted?.leaving ?? [],
    };
  }

  /** @throws FarledError Unavailable when the router can't be started, with what it said. */
  start(): Promise<void> {
    return this.#inTurn(() => this.#start());
  }

  /** Starts it again whenever it dies; and if it is of another version, has its successor take over. */
  watch(): void {
    this.#watching = this.#watch();
  }

  /**
   * Resolves when no request is answered by an older table: also one that is started later begins with this one.
   *
   * @throws FarledError Unavailable when it runs and does not take it.
   */
  putTable(table: RouteTable, signal: AbortSignal): Promise<void> {
    return this.#inTurn(async () => {
      await Promise.all([
        ...this.#leaving.map((leaving) => put(leaving, table, signal)),
        put(this.#running, table, signal).then(async (isTaken) => {
          if (!isTaken) {
            await writeFileAtomically(this.#tablePath, JSON.stringify(table));
          }
        }),
      ]);
    });
  }

  /** Of it and of those that leave; without those that can't be asked. */
  async statistics(signal: AbortSignal): Promise<readonly RouterStatistics[]> {
    const asked = await Promise.allSettled(
      [this.#running, ...this.#leaving].map(({ control }) => control.statistics(signal)),
    );
    return asked.flatMap((told) => (told.status === 'fulfilled' ? [told.value] : []));
  }

  /** Leaves the router running. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped.abort(new Error('the server stops'));
    await this.#watching;
  }

  /** Has it finish what it accepted, and ends it. */
  async stop(graceMs: number): Promise<void> {
    await this[Symbol.asyncDispose]();
    await Promise.all([this.#running, ...this.#leaving].map((one) => this.#end(one, graceMs)));
  }

  async #start(): Promise<void> {
    const { name, run, logs, tls, place, clock } = this.#parts;
    const { host, port, use } = await place();
    const outputPath = join(logs, `${name}.err`);
    const output = openSync(outputPath, 'w', 0o600);
    const socket = `${name}.sock`;
    const child = spawn(process.execPath, [...this.#parts.nodeArguments, fileURLToPath(routerEntry)], {
      detached: true,
      stdio: ['ignore', output, output],
      env: {
        PATH: process.env['PATH'],
        FARLED_ROUTER_HOST: host,
        FARLED_ROUTER_PORT: String(port),
        FARLED_ROUTER_PORT_USE: use,
        FARLED_ROUTER_CONTROL: join(run, socket),
        FARLED_ROUTER_TABLE: this.#tablePath,
        FARLED_ROUTER_LOG: join(logs, `${name}.log`),
        FARLED_ROUTER_TLS_CERT: tls.certs.join(','),
        FARLED_ROUTER_TLS_KEY: tls.keys.join(','),
      },
    });
    closeSync(output);
    child.unref();
    child.on('error', (error) => this.#parts.log.error({ err: error }, 'Router could not be started'));
    this.#running = this.#at(await identifyProcess(child.pid ?? 0), socket);
    this.#version = this.#parts.version;
    const isShared = use !== 'alone';
    await this.#note({ isShared, host, port });
    const deadline = clock.now() + START_TIMEOUT_MS;
    while (child.exitCode === null && child.signalCode === null && clock.now() < deadline) {
      try {
        const { listening, pid } = await this.#running.control.statistics(AbortSignal.timeout(1000));
        if (pid === child.pid) {
          this.#listening = listening;
          await this.#note({ isShared, host, port: listening.port });
          return;
        }
      } catch {
        // Not listening yet: asked again until the deadline.
      }
      await clock.sleep(20);
    }
    const said = await readFile(outputPath, 'utf8').catch(() => '');
    throw new FarledError(
      'Unavailable',
      `The router could not be started on ${host}:${port}.${said === '' ? '' : ` It said: ${said.trim().slice(-2000)}`}`,
      {
        suggestion: 'When the port is taken, set FARLED_SCORING_PORT to a free one.',
      },
    );
  }

  async #watch(): Promise<void> {
    const { clock, log, version } = this.#parts;
    const { signal } = this.#stopped;
    let failures = 0;
    while (!signal.aborted) {
      await clock.sleep(failures === 0 ? CHECK_MS : backoffDelay(RESTART, failures), signal).catch(() => {});
      if (signal.aborted) {
        return;
      }
      try {
        if (!(await this.isRunning())) {
          log.error({ pid: this.#running.identity.pid }, 'Router died');
          await this.start();
          this.#parts.replaced();
        } else if (this.#version !== version) {
          // Once: one that can't be succeeded serves on as it is.
          this.#version = version;
          await this.#inTurn(() => this.#succeed());
          this.#parts.replaced();
        }
        failures = 0;
      } catch (error) {
        failures += 1;
        log.error({ err: error, failures }, 'Router could not be replaced');
      }
    }
  }

  /** Both take connections from one socket until the predecessor takes none: at no moment does nobody. */
  async #succeed(): Promise<void> {
    const { run, clock, log } = this.#parts;
    const before = this.#running;
    const socket = await this.#freeSocket();
    await before.control.succeed(join(run, socket), AbortSignal.timeout(2000));
    const { control } = this.#at(before.identity, socket);
    const deadline = clock.now() + START_TIMEOUT_MS;
    for (;;) {
      const told = await control.statistics(AbortSignal.timeout(1000)).catch((error: unknown) => {
        if (clock.now() > deadline) {
          throw error;
        }
      });
      if (told !== undefined) {
        this.#running = this.#at(await identifyProcess(told.pid), socket);
        break;
      }
      await clock.sleep(20);
    }
    this.#leaving = [...this.#leaving, before];
    const { host } = await this.#parts.place();
    await this.#note({ host, port: this.#listening.port, isShared: true });
    await before.control.leave(AbortSignal.timeout(2000));
    log.info({ pid: before.identity.pid, successor: this.#running.identity.pid }, 'Router has a successor');
  }

  /** A name below `run` that none of those that still run listens at. */
  async #freeSocket(): Promise<string> {
    const alive = await Promise.all(this.#leaving.map(({ identity }) => isRunning(identity)));
    this.#leaving = this.#leaving.filter((_, index) => alive[index]);
    const taken = new Set([this.#running, ...this.#leaving].map(({ socket }) => socket));
    for (let number = 0; ; number += 1) {
      const socket = number === 0 ? `${this.#parts.name}.sock` : `${this.#parts.name}.${number}.sock`;
      if (!taken.has(socket)) {
        return socket;
      }
    }
  }

  /** For the server that comes after this one. */
  async #note(place: Pick<RouterFile, 'host' | 'port' | 'isShared'>): Promise<void> {
    const file: RouterFile = {
      ...place,
      ...this.#running.identity,
      socket: this.#running.socket,
      version: this.#version,
      tls: this.#tls,
      leaving: this.#leaving.map(({ identity, socket }) => ({ ...identity, socket })),
    };
    await writeFileAtomically(this.#filePath, JSON.stringify(file));
  }

  async #end({ identity, control }: Running, graceMs: number): Promise<void> {
    const { clock } = this.#parts;
    if (!(await isRunning(identity))) {
      return;
    }
    await control.drain(AbortSignal.timeout(2000)).catch(() => signalQuietly(identity.pid, 'SIGTERM'));
    const deadline = clock.now() + graceMs;
    while ((await isRunning(identity)) && clock.now() < deadline) {
      await clock.sleep(20);
    }
    if (await isRunning(identity)) {
      signalQuietly(identity.pid, 'SIGKILL');
    }
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work, work);
    this.#turn = done.catch(() => {});
    return done;
  }

  #at({ pid, startTicks }: ProcessIdentity, socket: string): Running {
    return { identity: { pid, startTicks }, socket, control: createRouterControl(join(this.#parts.run, socket)) };
  }

  /** What tells one configuration of TLS from another; what is in the files may change. */
  get #tls(): string {
    const { certs, keys } = this.#parts.tls;
    return [...certs, ...keys].join(',');
  }

  get #filePath(): string {
    return join(this.#parts.run, `${this.#parts.name}.json`);
  }

  get #tablePath(): string {
    return join(this.#parts.run, this.#parts.name.replace('router', 'routes').concat('.json'));
  }
}

/** False when it does not run any more. */
async function put({ control, identity }: Running, table: RouteTable, signal: AbortSignal): Promise<boolean> {
  try {
    await control.putTable(table, signal);
    return true;
  } catch (error) {
    if (await isRunning(identity)) {
      throw error;
    }
    return false;
  }
}

function signalQuietly(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended by itself meanwhile.
  }
}
