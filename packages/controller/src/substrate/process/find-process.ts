/** Finds the process of a replica that was started but not noted: every one carries its id in its environment. */
import { readdir, readFile } from 'node:fs/promises';

import { identifyProcess, type ProcessIdentity } from '@farled/service';

/** The variable that only the replica's first process has beside its id is the absence of this one. */
const WORKER = 'FARLED_WORKER=';

/** The processes of replicas by the replica's id; empty where the system has no /proc. */
export async function findReplicaProcesses(): Promise<ReadonlyMap<string, ProcessIdentity>> {
  const found = new Map<string, ProcessIdentity>();
  const pids = await readdir('/proc').catch(() => []);
  for (const pid of pids.filter((name) => /^\d+$/.test(name))) {
    const variables = (await readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '')).split('\0');
    const id = variables.find((text) => text.startsWith('FARLED_REPLICA_ID='))?.slice('FARLED_REPLICA_ID='.length);
    if (id !== undefined && !variables.some((text) => text.startsWith(WORKER))) {
      found.set(id, await identifyProcess(Number(pid)));
    }
  }
  return found;
}
