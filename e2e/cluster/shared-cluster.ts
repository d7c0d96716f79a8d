/** The one cluster that all tests of a run share. The first that needs it brings it up; the run's end takes it down. */
import { clusterOf, endedProcesses, type Cluster } from './cluster.ts';
import { externalCluster } from './external-cluster.ts';
import { layoutOf, type Layout } from './layout.ts';
import { bringUp, isTaken, takeDown } from './lifecycle.ts';
import { withLock } from './lock.ts';
import { isAlive, startOf } from './processes.ts';
import { readState, writeState, type ProcessId } from './state.ts';

/** What a `beforeAll` that calls attachOrStart allows it: the first time on a machine, Kubernetes is built. */
export const START_TIMEOUT_MS = 20 * 60_000;

/** The second and third are for when runs of other homes share the machine's network. */
const NUMBERS = [0, 1, 2];

/** Why this machine cannot have a test cluster; undefined when it can, or another one is named. */
export function whyNoCluster(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  if (environment['FARLED_TEST_KUBECONFIG'] ?? environment['KUBECONFIG']) {
    return undefined;
  }
  const able = process.platform === 'linux' && process.getuid?.() === 0;
  return able ? undefined : 'a test cluster needs root on Linux, or KUBECONFIG and FARLED_TEST_REGISTRY';
}

/** The cluster that KUBECONFIG names, else the one that is up here, else a new one. */
export async function attachOrStart(report = (line: string): void => console.error(line)): Promise<Cluster> {
  const external = await externalCluster(process.env);
  if (external !== undefined) {
    return external;
  }
  for (const layout of layouts()) {
    const cluster = await attachOrStartAs(layout, report);
    if (cluster !== undefined) {
      return cluster;
    }
  }
  throw new Error(`Clusters of other homes have all of the numbers ${NUMBERS.join(', ')}: take one of them down.`);
}

/** Undefined when the number is taken. */
function attachOrStartAs(layout: Layout, report: (line: string) => void): Promise<Cluster | undefined> {
  return withLock(layout.bridge, async () => {
    if (await isTaken(layout)) {
      return undefined;
    }
    const run = testRunOf(process.env);
    const state = await readState(layout);
    const isWhole = (await endedProcesses(layout.number)).length === 0;
    if (state?.phase !== 'up' || !isWhole) {
      return clusterOf(layout, await bringUp(layout, { report, ...(run && { testRuns: [run] }) }));
    }
    if (state.testRuns !== undefined && run !== undefined) {
      await writeState(layout, { ...state, testRuns: [...others(state.testRuns, run), run] });
    }
    return clusterOf(layout, state);
  });
}

/** Tells the test processes that come after it which run they are part of. */
export function beginTestRun(environment: NodeJS.ProcessEnv): void {
  environment['FARLED_TEST_RUN'] = JSON.stringify(thisProcess());
}

/** Takes the shared cluster down if a test of this run used it, and no other run does. */
export async function endTestRun(): Promise<void> {
  const run = thisProcess();
  for (const layout of layouts()) {
    await withLock(layout.bridge, () => leave(layout, run));
  }
}

async function leave(layout: Layout, run: ProcessId): Promise<void> {
  const state = await readState(layout);
  if (state?.testRuns?.some(({ pid }) => pid === run.pid) !== true) {
    return;
  }
  const testRuns = others(state.testRuns, run);
  await (testRuns.length === 0 ? takeDown(layout) : writeState(layout, { ...state, testRuns }));
}

function layouts(): readonly Layout[] {
  return NUMBERS.map((number) => layoutOf(number));
}

/** A run that was killed needs the cluster no more. */
function others(runs: readonly ProcessId[], run: ProcessId): readonly ProcessId[] {
  return runs.filter((other) => other.pid !== run.pid && isAlive(other));
}

function thisProcess(): ProcessId {
  return { pid: process.pid, startTicks: startOf(process.pid) ?? '' };
}

function testRunOf(environment: NodeJS.ProcessEnv): ProcessId | undefined {
  const run = environment['FARLED_TEST_RUN'];
  return run === undefined ? undefined : (JSON.parse(run) as ProcessId);
}
