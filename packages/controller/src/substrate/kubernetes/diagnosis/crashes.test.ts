import { BOOT_FAILURE_EXIT_CODE, type ReplicaFailure, type ReplicaReport } from '@farled/contract';
import { expect, test } from 'vitest';

import { at, conditions, crashingPod, type End, look, pod, readyPod, score } from './testing/observed.ts';

const TRACEBACK =
  'Traceback (most recent call last):\n  File "/var/azureml-app/score.py", line 4, in init\nKeyError: \'NOPE\'';

function reportOf(failure: ReplicaFailure): string {
  const report: ReplicaReport = {
    replica: 'diabetes-5d-x',
    pid: 1,
    state: 'failed',
    inFlight: 0,
    workers: [],
    replaced: { crashed: 0, timedOut: 0 },
    failure,
  };
  return JSON.stringify(report);
}

const raised = reportOf({ code: 'UserScriptInitFailed', message: 'init() raised KeyError.', traceback: TRACEBACK });
const killed = reportOf({
  code: 'DeploymentCrashLoopBackOff',
  message: 'The Python process ended by SIGKILL.',
  traceback: '',
});
const failed = { exitCode: BOOT_FAILURE_EXIT_CODE, reason: 'Error' };
const quick = {
  livenessProbeRequirements: { initialDelaySeconds: 2, periodSeconds: 2, timeoutSeconds: 1, failureThreshold: 2 },
};

test('the traceback of the entry script is what the user reads', () => {
  const seen = look({ pods: [crashingPod({ ...failed, message: raised })] });
  expect(seen.failure).toMatchObject({
    code: 'UserScriptInitFailed',
    message: `Replica "diabetes-5d-x" ended by itself 3 times in a row: init() raised KeyError.\n${TRACEBACK}`,
  });
  expect(seen.notes.at(-1)).toBe('Replica "diabetes-5d-x" ended by itself 3 times in a row: init() raised KeyError.');
});

test.each<[string, End, Parameters<typeof crashingPod>[2], string, string[]]>([
  ['memory', { exitCode: 137, reason: 'OOMKilled' }, {}, 'ReplicaOutOfMemory', ['was ended', 'its limit, 512 MB']],
  [
    'memory of its worker alone',
    { ...failed, reason: 'OOMKilled', message: killed },
    {},
    'ReplicaOutOfMemory',
    ['its limit, 512 MB'],
  ],
  [
    'its script, though memory was short before',
    { ...failed, reason: 'OOMKilled', message: raised },
    {},
    'UserScriptInitFailed',
    ['KeyError'],
  ],
  [
    'its worker',
    { ...failed, message: killed },
    {},
    'DeploymentCrashLoopBackOff',
    ['ended by itself', 'ended by SIGKILL'],
  ],
  [
    'a crash before any report',
    { exitCode: 1, reason: 'Error', message: 'node: not found\nImportError: libcuda.so.1\n' },
    {},
    'DeploymentCrashLoopBackOff',
    ['exit code 1', 'Its last lines:\nnode: not found\nImportError: libcuda.so.1'],
  ],
  [
    'JSON that is not ours',
    { exitCode: 1, reason: 'Error', message: '{"level":"fatal"}' },
    {},
    'DeploymentCrashLoopBackOff',
    ['{"level":"fatal"}'],
  ],
  ['a native crash', { exitCode: 139, reason: 'Error' }, {}, 'DeploymentCrashLoopBackOff', ['by SIGSEGV']],
  [
    'its node, which lost it',
    { exitCode: 255, reason: 'Unknown' },
    {},
    'DeploymentCrashLoopBackOff',
    ['with exit code 255'],
  ],
  [
    'another architecture',
    { exitCode: 1, reason: 'Error', message: 'exec /opt/farled/node: exec format error' },
    {},
    'DeploymentCrashLoopBackOff',
    ['exec format error'],
  ],
  [
    'a program that is not there',
    { exitCode: 128, reason: 'StartError', message: 'exec: "/nope": stat /nope: no such file or directory: unknown' },
    {},
    'DeploymentCrashLoopBackOff',
    ['could not be started', '/nope'],
  ],
  [
    'the startup probe, by SIGTERM',
    { exitCode: 0, reason: 'Completed' },
    { settings: quick, ranFor: 6 },
    'DeploymentTimedOut',
    ['was ended', 'init() had not returned after 6 s', 'GET /-/ready'],
  ],
  [
    'the startup probe, by SIGKILL',
    { exitCode: 137, reason: 'Error', message: 'still loading' },
    { settings: quick, ranFor: 17 },
    'DeploymentTimedOut',
    ['after 6 s', 'Its last lines:\nstill loading'],
  ],
  [
    'the liveness probe',
    { exitCode: 137, reason: 'Error' },
    { settings: quick, ranFor: 76, hadBeenReady: true },
    'DeploymentCrashLoopBackOff',
    ['was ended', 'GET / was not answered 2 times in a row, asked every 2 s, each within 1 s'],
  ],
  [
    'nothing that is known',
    { exitCode: 0, reason: 'Completed' },
    {},
    'DeploymentCrashLoopBackOff',
    ['ended by itself', 'with exit code 0'],
  ],
])('a replica that ended because of %s', (_what, end, like, code, texts) => {
  const { failure } = look({ pods: [crashingPod(end, 2, like)], later: 120 });
  expect(failure?.code).toBe(code);
  for (const text of texts) {
    expect(failure?.message).toContain(text);
  }
});

test('one end or two are told, and may yet be overcome', () => {
  const pods = [crashingPod({ ...failed, message: raised }, 0)];
  expect(look({ pods })).toMatchObject({
    crashes: 1,
    failure: null,
    trouble: { message: expect.stringContaining('Replica "diabetes-5d-x" ended by itself: init() raised') },
  });
  expect(look({ pods: [crashingPod({ ...failed, message: raised }, 1)] })).toMatchObject({ crashes: 2, failure: null });
});

const ended = { exitCode: 3, reason: 'Error', startedAt: at(5), finishedAt: at(6) };
const again = (readyAt: number | null, restartCount: number, terminated = ended) =>
  pod({
    status: {
      phase: 'Running',
      startTime: at(0),
      conditions: conditions(readyAt !== null, readyAt),
      containerStatuses: [
        score(
          { running: { startedAt: at(8) } },
          { restartCount, ready: readyAt !== null, started: readyAt !== null, lastState: { terminated } },
        ),
      ],
    },
  });

test.each([
  ['runs again', again(null, 2), 30, 2],
  ['is ready, but not for long', again(20, 2), 30, 2],
  ['has been ready for a minute', again(20, 2), 80, 0],
  [
    'has just ended, and is not restarted yet',
    pod({ status: { startTime: at(0), containerStatuses: [score({ terminated: ended }, { restartCount: 2 })] } }),
    30,
    3,
  ],
  ['ended after it had run for long', again(null, 7, { ...ended, finishedAt: at(700) }), 800, 1],
  ['ended a few times in a long life', again(null, 7), 86_400, 2],
] as const)('of a replica that %s, ends are counted', (_what, replica, later, crashes) => {
  expect(look({ pods: [replica], later }).crashes).toBe(crashes);
});

test('the replica that fares worst counts', () => {
  const worst = crashingPod({ ...failed, message: raised }, 3, { name: 'diabetes-5d-y' });
  const seen = look({ replicas: 2, pods: [readyPod(), worst] });
  expect(seen).toMatchObject({ crashes: 4, available: 1, failure: { code: 'UserScriptInitFailed' } });
});

test('ends of another revision count for nothing', () => {
  const old = crashingPod({ ...failed, message: raised }, 9, { revision: 'fedcba9876543210' });
  expect(look({ pods: [old] })).toMatchObject({ crashes: 0, trouble: null, replicas: [{ restarts: 9 }] });
});

test('an init container that fails is named', () => {
  const terminated = {
    exitCode: 1,
    reason: 'Error',
    message: 'model m:1 has another SHA-256\n',
    startedAt: at(1),
    finishedAt: at(2),
  };
  const waiting = pod({
    initContainers: [{ name: 'models', image: 'x' }],
    status: {
      phase: 'Pending',
      startTime: at(0),
      conditions: conditions(false, null),
      initContainerStatuses: [
        {
          name: 'models',
          ready: false,
          restartCount: 2,
          state: { waiting: { reason: 'CrashLoopBackOff' } },
          lastState: { terminated },
        },
      ],
      containerStatuses: [score({ waiting: { reason: 'PodInitializing' } })],
    },
  });
  expect(look({ pods: [waiting] }).failure).toMatchObject({
    code: 'DeploymentCrashLoopBackOff',
    message: expect.stringMatching(/^Init container "models" of replica "diabetes-5d-x" ended .*another SHA-256$/s),
  });
});

test('an init container that did its work is no end', () => {
  const terminated = { exitCode: 0, reason: 'Completed', startedAt: at(1), finishedAt: at(2) };
  const starting = pod({
    initContainers: [{ name: 'models', image: 'x' }],
    status: {
      phase: 'Running',
      startTime: at(0),
      conditions: conditions(false, null),
      initContainerStatuses: [{ name: 'models', ready: true, restartCount: 0, state: { terminated } }],
      containerStatuses: [score({ running: { startedAt: at(3) } })],
    },
  });
  expect(look({ pods: [starting] })).toMatchObject({ crashes: 0, trouble: null });
});
