/** Talks to a router over its control socket. */
import { request } from 'node:http';

import { FarledError, ROUTER_CONTROL, RouterStatistics, type RouteTable } from '@farled/contract';

export interface RouterControl {
  /** Resolves once every request that comes in uses the table. @throws FarledError Unavailable. */
  putTable(table: RouteTable, signal: AbortSignal): Promise<void>;
  /** @throws FarledError Unavailable. */
  statistics(signal: AbortSignal): Promise<RouterStatistics>;
  /** Has it stop listening, finish what it accepted, and exit; resolves when it has begun. @throws FarledError Unavailable. */
  drain(signal: AbortSignal): Promise<void>;
  /** As drain, but idle connections may be used for as long as their clients were told. @throws FarledError Unavailable. */
  leave(signal: AbortSignal): Promise<void>;
  /**
   * Has it start its program once more on its listening socket; resolves before that one answers at `controlPath`.
   *
   * @throws FarledError Unavailable.
   */
  succeed(controlPath: string, signal: AbortSignal): Promise<void>;
}

export function createRouterControl(socketPath: string): RouterControl {
  const ask = async (method: string, path: string, signal: AbortSignal, body?: string): Promise<string> => {
    try {
      return await exchange(socketPath, method, path, signal, body);
    } catch (error) {
      throw new FarledError(
        'Unavailable',
        `The router does not answer at ${socketPath}: ${(error as Error).message}.`,
        {
          cause: error,
        },
      );
    }
  };
  return {
    putTable: async (table, signal) => {
      await ask('PUT', ROUTER_CONTROL.table, signal, JSON.stringify(table));
    },
    statistics: async (signal) =>
      RouterStatistics.parse(JSON.parse(await ask('GET', ROUTER_CONTROL.statistics, signal))),
    drain: async (signal) => {
      await ask('POST', ROUTER_CONTROL.drain, signal);
    },
    leave: async (signal) => {
      await ask('POST', ROUTER_CONTROL.leave, signal);
    },
    succeed: async (controlPath, signal) => {
      await ask('POST', ROUTER_CONTROL.succeed, signal, controlPath);
    },
  };
}

function exchange(
  socketPath: string,
  method: string,
  path: string,
  signal: AbortSignal,
  body: string | undefined,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath, method, path, signal, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        const status = response.statusCode ?? 0;
        if (status >= 200 && status < 300) {
          resolve(text);
        } else {
          reject(new Error(`status ${status} ${text}`));
        }
      });
    });
    asked.on('error', reject);
    asked.end(body);
  });
}
