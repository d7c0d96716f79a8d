/** Keeps the router running: adopts the one of an earlier run, starts one when there is none, replaces one that died. */
import { spawn } from 'node:child_process';
import { openSync, closeSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { FarledError, type RouterStatistics, type RouteTable } from '@farled/contract';
import { createRouterControl, routerEntry } from '@farled/router';
import {
  backoffDelay,
  type Clock,
  identifyProcess,
  isRunning,
  type Logger,
  type ProcessIdentity,
  readJsonFile,
  writeFileAtomically,
} from '@farled/service';
import { z } from 'zod';

export interface RouterProcessParts {
  readonly run: string;
  readonly logs: string;
  readonly host: string;
  readonly port: number;
  /** Arguments of Node before the program, so that a child reads the same sources. */
  readonly nodeArguments: readonly string[];
  /** Called when a router was started in place of one that died. */
  readonly replaced: () => void;
  readonly clock: Clock;
  readonly log: Logger;
}

const Running = z.object({ pid: z.int(), startTicks: z.string().nullable(), host: z.string(), port: z.int() });

const START_TIMEOUT_MS = 15_000;
const CHECK_MS = 250;
const RESTART = { firstMs: 100, maximumMs: 10_000, factor: 2 };

export class RouterProcess implements AsyncDisposable {
  readonly #parts: RouterProcessParts;
  readonly #control: ReturnType<typeof createRouterControl>;
  readonly #stopped = new AbortController();
  #watching: Promise<void> = Promise.resolve();
  #identity: ProcessIdentity = { pid: 0, startTicks: null };
  #listening: RouterStatistics['listening'] = { host: '', port: 0 };

  private constructor(parts: RouterProcessParts) {
    this.#parts = parts;
    this.#control = createRouterControl(join(parts.run, 'router.sock'));
  }

  /** @throws FarledError Unavailable when the router can't be started, with what it said. */
  static async open(parts: RouterProcessParts): Promise<RouterProcess> {
    const router = new RouterProcess(parts);
    if (!(await router.#adopt())) {
      await router.#start();
    }
    router.#watching = router.#watch();
    return router;
  }

  /** Base address of scoring requests. */
  get url(): string {
    const { host, port } = this.#listening;
    return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  }

  putTable(table: RouteTable, signal: AbortSignal): Promise<void> {
    return this.#control.putTable(table, signal);
  }

  /** Leaves the router running. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped.abort(new Error('the server stops'));
    await this.#watching;
  }

  /** Has it finish what it accepted, and ends it. */
  async stop(graceMs: number): Promise<void> {
    await this[Symbol.asyncDispose]();
    await this.#end(graceMs);
  }

  async #adopt(): Promise<boolean> {
    const found = Running.safeParse(await readJsonFile(this.#identityFile));
    if (!found.success || !(await isRunning(found.data))) {
      return false;
    }
    this.#identity = found.data;
    const { host, port } = this.#parts;
    const fits = found.data.host === host && (port === 0 || found.data.port === port);
    try {
      const { listening } = await this.#control.statistics(AbortSignal.timeout(2000));
      if (fits) {
        this.#listening = listening;
        this.#parts.log.info({ pid: found.data.pid, listening }, 'Router of an earlier run is adopted');
        return true;
      }
    } catch (error) {
      this.#parts.log.warn({ err: error, pid: found.data.pid }, 'Router of an earlier run does not answer');
    }
    await this.#end(START_TIMEOUT_MS);
    return false;
  }

  async #start(): Promise<void> {
    const { run, logs, host, clock } = this.#parts;
    const port = this.#listening.port === 0 ? this.#parts.port : this.#listening.port;
    const output = openSync(join(logs, 'router.err'), 'w', 0o600);
    const child = spawn(process.execPath, [...this.#parts.nodeArguments, fileURLToPath(routerEntry)], {
      detached: true,
      stdio: ['ignore', output, output],
      env: {
        PATH: process.env['PATH'],
        FARLED_ROUTER_HOST: host,
        FARLED_ROUTER_PORT: String(port),
        FARLED_ROUTER_CONTROL: join(run, 'router.sock'),
        FARLED_ROUTER_TABLE: join(run, 'routes.json'),
        FARLED_ROUTER_LOG: join(logs, 'router.log'),
      },
    });
    closeSync(output);
    child.unref();
    child.on('error', (error) => this.#parts.log.error({ err: error }, 'Router could not be started'));
    this.#identity = await identifyProcess(child.pid ?? 0);
    const deadline = clock.now() + START_TIMEOUT_MS;
    while (child.exitCode === null && child.signalCode === null && clock.now() < deadline) {
      try {
        const { listening, pid } = await this.#control.statistics(AbortSignal.timeout(1000));
        if (pid === child.pid) {
          this.#listening = listening;
          await writeFileAtomically(
            this.#identityFile,
            JSON.stringify({ ...this.#identity, host, port: listening.port }),
          );
          return;
        }
      } catch {
        // Not listening yet: asked again until the deadline.
      }
      await clock.sleep(20);
    }
    const said = await readFile(join(logs, 'router.err'), 'utf8').catch(() => '');
    throw new FarledError(
      'Unavailable',
      `The router could not be started on ${host}:${port}.${said === '' ? '' : ` It said: ${said.trim().slice(-2000)}`}`,
      {
        suggestion: 'When the port is taken, set FARLED_SCORING_PORT to a free one.',
      },
    );
  }

  async #watch(): Promise<void> {
    const { clock, log } = this.#parts;
    const { signal } = this.#stopped;
    let failures = 0;
    while (!signal.aborted) {
      await clock.sleep(failures === 0 ? CHECK_MS : backoffDelay(RESTART, failures), signal).catch(() => {});
      if (signal.aborted || (await isRunning(this.#identity))) {
        continue;
      }
      log.error({ pid: this.#identity.pid }, 'Router died');
      try {
        await this.#start();
        failures = 0;
        this.#parts.replaced();
      } catch (error) {
        failures += 1;
        log.error({ err: error, failures }, 'Router could not be replaced');
      }
    }
  }

  async #end(graceMs: number): Promise<void> {
    const { clock } = this.#parts;
    if (!(await isRunning(this.#identity))) {
      return;
    }
    await this.#control.drain(AbortSignal.timeout(2000)).catch(() => signalQuietly(this.#identity.pid, 'SIGTERM'));
    const deadline = clock.now() + graceMs;
    while ((await isRunning(this.#identity)) && clock.now() < deadline) {
      await clock.sleep(20);
    }
    if (await isRunning(this.#identity)) {
      signalQuietly(this.#identity.pid, 'SIGKILL');
    }
  }

  get #identityFile(): string {
    return join(this.#parts.run, 'router.json');
  }
}

function signalQuietly(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended by itself meanwhile.
  }
}
