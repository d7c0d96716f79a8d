/** The router processes of this machine, which share one port; to the rest of Farled they are one router. */
import { join } from 'node:path';

import type { RouterStatistics, RouteTable } from '@farled/contract';
import { isRunning, type Logger } from '@farled/service';

import { readRouterFile, routerName, routerNames } from './router-file.ts';
import { type Place, RouterProcess, type RouterProcessParts } from './router-process.ts';

export interface RoutersParts extends Omit<RouterProcessParts, 'name' | 'place'> {
  readonly host: string;
  readonly port: number;
  /** Host name that addresses have; null: the host. */
  readonly name: string | null;
  /** How many processes are wanted. */
  readonly count: number;
}

export class Routers implements AsyncDisposable {
  readonly #processes: readonly RouterProcess[];
  readonly #name: string | null;
  readonly #scheme: 'http' | 'https';

  private constructor(processes: readonly RouterProcess[], { name, tls }: Pick<RoutersParts, 'name' | 'tls'>) {
    this.#processes = processes;
    this.#name = name;
    this.#scheme = tls.certs.length === 0 ? 'http' : 'https';
  }

  /** @throws FarledError Unavailable when one of them can't be started, with what it said. */
  static async open({ host, port, name: hostName, count: wanted, ...parts }: RoutersParts): Promise<Routers> {
    const count = countFor(wanted, process.platform, parts.log);
    const isShared = canShare(process.platform);
    const names = await namesFor(parts.run, count, parts.log);
    const processes: RouterProcess[] = [];
    const place = async (): Promise<Place> => {
      const alive = await Promise.all(processes.map((one) => one.isRunning()));
      const isBeside = alive.includes(true);
      const known = processes.find(({ listening }) => listening.port !== 0)?.listening.port;
      return { host, port: known ?? port, use: isShared ? (isBeside ? 'beside' : 'first') : 'alone' };
    };
    processes.push(...names.map((name) => new RouterProcess({ ...parts, name, place })));
    const adopted = await Promise.all(
      processes.map((one) => one.adopt({ host, port, isShared: isShared && count > 1 })),
    );
    const missing = processes.filter((_, index) => adopted[index] === false);
    try {
      // One after the other: the first one finds the port.
      for (const one of missing) {
        await one.start();
      }
    } catch (error) {
      await Promise.all(missing.map((one) => one.stop(0)));
      throw error;
    }
    processes.forEach((one) => one.watch());
    return new Routers(processes, { name: hostName, tls: parts.tls });
  }

  /** Base address of scoring requests. */
  get url(): string {
    const { host: address, port } = this.#processes[0]?.listening ?? { host: '', port: 0 };
    const host = this.#name ?? address;
    return `${this.#scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`;
  }

  /** Resolves when no request is answered by an older table, whichever process it comes to. */
  async putTable(table: RouteTable, signal: AbortSignal): Promise<void> {
    await Promise.all(this.#processes.map((one) => one.putTable(table, signal)));
  }

  /** Of every process that can be asked. */
  async statistics(signal: AbortSignal): Promise<readonly RouterStatistics[]> {
    return (await Promise.all(this.#processes.map((one) => one.statistics(signal)))).flat();
  }

  /** Leaves the routers running. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#processes.map((one) => one[Symbol.asyncDispose]()));
  }

  /** Has them finish what they accepted, and ends them. */
  async stop(graceMs: number): Promise<void> {
    await Promise.all(this.#processes.map((one) => one.stop(graceMs)));
  }
}

/** Where the kernel divides the connections to a port among those that listen at it. */
function canShare(platform: NodeJS.Platform): boolean {
  return platform === 'linux';
}

function countFor(wanted: number, platform: NodeJS.Platform, log: Logger): number {
  if (wanted > 1 && !canShare(platform)) {
    log.warn({ wanted, platform }, 'Processes of this platform cannot share a port: there is one router process');
    return 1;
  }
  return wanted;
}

/**
 * As many as are wanted; and those beyond that still run: to end one that others go on beside would lose the connections
 * that wait in its socket.
 */
async function namesFor(run: string, count: number, log: Logger): Promise<readonly string[]> {
  const names = Array.from({ length: count }, (_, index) => routerName(index));
  for (const name of await routerNames(run)) {
    const found = await readRouterFile(join(run, `${name}.json`));
    if (found !== undefined && !names.includes(name) && (await isRunning(found))) {
      log.warn(
        { pid: found.pid, count },
        'More router processes run than are wanted: they serve until Farled is stopped',
      );
      names.push(name);
    }
  }
  return names;
}
