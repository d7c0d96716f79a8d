/** Vitest calls this around a whole run (globalSetup). It starts nothing: a test that needs the cluster does. */
import { beginTestRun, endTestRun } from './shared-cluster.ts';

export function setup(): void {
  beginTestRun(process.env);
}

export async function teardown(): Promise<void> {
  await endTestRun();
}
