/** Starts the process of a replica, detached: it outlives this one. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { delimiter, dirname } from 'node:path';

import type { ReplicaSpec } from '../substrate.ts';
import type { ReplicaFolder } from './replica-folder.ts';

export interface Launch {
  readonly spec: ReplicaSpec;
  readonly folder: ReplicaFolder;
  readonly logFile: string;
  /** The runtime's program. */
  readonly runtimeEntry: string;
  /** Arguments of Node before the program. */
  readonly nodeArguments: readonly string[];
}

export function launch({ spec, folder, logFile, runtimeEntry, nodeArguments }: Launch): ChildProcess {
  mkdirSync(dirname(logFile), { recursive: true, mode: 0o700 });
  // What the runtime itself says, should it fail before it opens its log.
  const output = openSync(logFile, 'a', 0o600);
  try {
    return spawn(process.execPath, [...nodeArguments, runtimeEntry], {
      cwd: spec.image,
      detached: true,
      stdio: ['ignore', output, output],
      env: replicaEnvironment(spec, folder, logFile, process.env),
    });
  } finally {
    closeSync(output);
  }
}

/** Of this process's own variables, only what programs need to run: the rest may be secret. */
const INHERITED = ['HOME', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR', 'LD_LIBRARY_PATH'] as const;

function replicaEnvironment(
  spec: ReplicaSpec,
  folder: ReplicaFolder,
  logFile: string,
  own: Readonly<Record<string, string | undefined>>,
): Record<string, string | undefined> {
  return {
    ...Object.fromEntries(INHERITED.map((name) => [name, own[name]])),
    PATH: [dirname(spec.python), own['PATH']].filter(Boolean).join(delimiter),
    ...spec.environmentVariables,
    AML_APP_ROOT: spec.image,
    AZUREML_SOURCE_DIRECTORY: spec.sourceDirectory,
    AZUREML_ENTRY_SCRIPT: spec.entryScript,
    AZUREML_MODEL_DIR: spec.modelDirectory,
    SERVICE_NAME: spec.service.name,
    SERVICE_PATH_PREFIX: `api/v1/service/${spec.service.name}`,
    WORKSPACE_NAME: spec.service.workspace,
    SCORING_TIMEOUT_MS: String(spec.scoringTimeoutMs),
    HOSTNAME: spec.id,
    FARLED_REPLICA_ID: spec.id,
    FARLED_LISTEN: folder.socket,
    FARLED_PYTHON: spec.python,
    FARLED_MAX_CONCURRENT_REQUESTS: String(spec.maxConcurrentRequests),
    FARLED_MEMORY_LIMIT_BYTES: String(spec.memoryLimitBytes),
    FARLED_LOG_FILE: logFile,
    FARLED_REPORT_FILE: folder.reportFile,
  };
}
