/** Counts the processes of a home, by the environment that they were started with. */
import { readdir, readFile } from 'node:fs/promises';

/** Replica ids of all runtime processes whose environment names that run folder. */
export async function replicaProcesses(runFolder: string): Promise<readonly string[]> {
  const ids: string[] = [];
  for (const pid of await readdir('/proc')) {
    if (/^\d+$/.test(pid)) {
      const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
      const id = /(?:^|\0)FARLED_REPLICA_ID=([^\0]*)/.exec(environment)?.[1];
      const isWorker = /(?:^|\0)FARLED_WORKER/.test(environment);
      if (id !== undefined && environment.includes(`FARLED_LISTEN=${runFolder}/`) && !isWorker && !/\) Z /.test(stat)) {
        ids.push(id);
      }
    }
  }
  return ids;
}
