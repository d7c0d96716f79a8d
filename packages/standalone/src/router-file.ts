/** What a server notes of a router process for the one that comes after it. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { readJsonFile } from '@farled/service';
import { z } from 'zod';

const Process = z.object({
  pid: z.int(),
  startTicks: z.string().nullable(),
  /** Name of the control socket in the run folder. */
  socket: z.string().default('router.sock'),
});

const RouterFile = Process.extend({
  host: z.string(),
  port: z.int(),
  /** Whether other processes may listen at its port. */
  isShared: z.boolean().default(false),
  /** Paths of its certificates and keys; empty: it speaks no TLS. */
  tls: z.string().default(''),
  /** Of Farled. */
  version: z.string().default(''),
  /** Those that it succeeded, while they answer what they have. */
  leaving: z.array(Process).default([]),
});
export type RouterFile = z.infer<typeof RouterFile>;

export function routerName(index: number): string {
  return index === 0 ? 'router' : `router-${index}`;
}

/** Names of the router processes that were noted, whether they run or not. */
export async function routerNames(run: string): Promise<readonly string[]> {
  const files = await readdir(run);
  return files.flatMap((file) => /^(router(?:-\d+)?)\.json$/.exec(file)?.[1] ?? []);
}

export async function readRouterFile(path: string): Promise<RouterFile | undefined> {
  const result = RouterFile.safeParse(await readJsonFile(path));
  return result.success ? result.data : undefined;
}

/** All router processes of a run folder, whether they run or not, with the paths of their control sockets. */
export async function routerProcesses(run: string) {
  const files = await Promise.all((await routerNames(run)).map((name) => readRouterFile(join(run, `${name}.json`))));
  return files
    .flatMap((file) => (file === undefined ? [] : [file, ...file.leaving]))
    .map(({ pid, startTicks, socket }) => ({ pid, startTicks, control: join(run, socket) }));
}
