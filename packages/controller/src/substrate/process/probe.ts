/** Asks a replica how it is, over its socket. */
import { request } from 'node:http';

import { REPLICA_CONTROL, ReplicaReport } from '@farled/contract';

/** Undefined when it doesn't answer in time, or not as a replica does. */
export async function probe(socketPath: string, timeoutMs: number): Promise<ReplicaReport | undefined> {
  try {
    const text = await ask(socketPath, 'GET', REPLICA_CONTROL.report, timeoutMs);
    const report = ReplicaReport.safeParse(JSON.parse(text));
    return report.success ? report.data : undefined;
  } catch {
    return undefined;
  }
}

/** Tells it to take nothing new; one that doesn't answer takes nothing anyway. */
export async function askToDrain(socketPath: string, timeoutMs: number): Promise<void> {
  await ask(socketPath, 'POST', REPLICA_CONTROL.drain, timeoutMs).catch(() => {});
}

function ask(socketPath: string, method: string, path: string, timeoutMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(timeoutMs);
    const asked = request({ socketPath, method, path, agent: false, signal }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => resolve(Buffer.concat(chunks).toString()));
    });
    asked.on('error', reject);
    asked.end();
  });
}
