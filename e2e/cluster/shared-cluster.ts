/** The one cluster that all tests of a run share. The first that needs it brings it up; the run's end takes it down. */
import { clusterOf, endedProcesses, type Cluster, type ClusterOptions } from './cluster.ts';
import { externalCluster } from './external-cluster.ts';
import { layoutOf } from './layout.ts';
import { bringUp, takeDown } from './lifecycle.ts';
import { withLock } from './lock.ts';
import { isAlive, startOf } from './processes.ts';
import { readState, writeState, type ProcessId } from './state.ts';

/** What a `beforeAll` that calls attachOrStart allows it: the first time on a machine, Kubernetes is built. */
export const START_TIMEOUT_MS = 20 * 60_000;

/** Why this machine cannot have a test cluster; undefined when it can, or another one is named. */
export function whyNoCluster(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  if (environment['FARLED_TEST_KUBECONFIG'] ?? environment['KUBECONFIG']) {
    return undefined;
  }
  const able = process.platform === 'linux' && process.getuid?.() === 0;
  return able ? undefined : 'a test cluster needs root on Linux, or KUBECONFIG and FARLED_TEST_REGISTRY';
}

/** The cluster that KUBECONFIG names, else the one that is up here, else a new one. */
export async function attachOrStart(options: Pick<ClusterOptions, 'report'> = {}): Promise<Cluster> {
  const external = await externalCluster(process.env);
  if (external !== undefined) {
    return external;
  }
  const layout = layoutOf(0);
  return withLock(layout, async () => {
    const state = await readState(layout);
    const testRun = testRunOf(process.env);
    const isWhole = (await endedProcesses(layout.number)).length === 0;
    if (state?.phase !== 'up' || !isWhole) {
      return clusterOf(layout, await bringUp(layout, { ...options, ...(testRun && { testRun }) }));
    }
    if (state.testRun !== undefined && testRun !== undefined && !isAlive(state.testRun)) {
      // Left by a run that was killed; from now on it is this run's to take down.
      await writeState(layout, { ...state, testRun });
    }
    return clusterOf(layout, state);
  });
}

/** Tells the test processes that come after it which run they are part of. */
export function beginTestRun(environment: NodeJS.ProcessEnv): void {
  const run: ProcessId = { pid: process.pid, startTicks: startOf(process.pid) ?? '' };
  environment['FARLED_TEST_RUN'] = JSON.stringify(run);
}

/** Takes the shared cluster down if a test of this run brought it up. */
export async function endTestRun(): Promise<void> {
  const layout = layoutOf(0);
  if ((await readState(layout))?.testRun?.pid === process.pid) {
    await withLock(layout, () => takeDown(layout));
  }
}

function testRunOf(environment: NodeJS.ProcessEnv): ProcessId | undefined {
  const run = environment['FARLED_TEST_RUN'];
  return run === undefined ? undefined : (JSON.parse(run) as ProcessId);
}
