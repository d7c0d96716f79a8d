/** One server per home: the file that says which process it is, and where it answers. */
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { FarledError } from '@farled/contract';
import { identifyProcess, isRunning, readJsonFile, writeFileAtomically } from '@farled/service';
import { z } from 'zod';

const ServerInfoFile = z.object({
  url: z.string(),
  scoringUrl: z.string(),
  azuremlUrl: z.string(),
  /** Of the proxy for azureml-core, when there is one. */
  azuremlProxyUrl: z.string().optional(),
  pid: z.int(),
  startTicks: z.string().nullable(),
});
export type ServerInfoFile = z.infer<typeof ServerInfoFile>;

const Lock = z.object({ pid: z.int(), startTicks: z.string().nullable() });

/** The server that runs on that home, undefined when none does. */
export async function runningServer(home: string): Promise<ServerInfoFile | undefined> {
  const info = ServerInfoFile.safeParse(await readJsonFile(join(home, 'server.json')));
  return info.success && (await isRunning(info.data)) ? info.data : undefined;
}

export async function writeServerInfo(home: string, where: Omit<ServerInfoFile, 'pid' | 'startTicks'>): Promise<void> {
  const info: ServerInfoFile = { ...where, ...(await identifyProcess(process.pid)) };
  await writeFileAtomically(join(home, 'server.json'), `${JSON.stringify(info)}\n`);
}

/**
 * Keeps other servers off this home until it is disposed; a lock of a process that is gone is taken over.
 *
 * @throws FarledError BadArgument when another server has it.
 */
export async function lockHome(home: string): Promise<AsyncDisposable> {
  const path = join(home, 'server.lock');
  const mine = JSON.stringify(await identifyProcess(process.pid));
  for (;;) {
    try {
      const file = await open(path, 'wx', 0o600);
      await file.writeFile(mine);
      await file.close();
      return { [Symbol.asyncDispose]: () => rm(path, { force: true }) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
        throw error;
      }
    }
    const holder = Lock.safeParse(await readJsonFile(path));
    if (holder.success && (await isRunning(holder.data))) {
      throw new FarledError('BadArgument', `Another Farled server, process ${holder.data.pid}, runs on ${home}.`, {
        suggestion: 'Use that one, end it with `npm stop`, or set FARLED_HOME to another folder.',
      });
    }
    await rm(path, { force: true });
  }
}

export async function removeServerInfo(home: string): Promise<void> {
  await rm(join(home, 'server.json'), { force: true });
}
