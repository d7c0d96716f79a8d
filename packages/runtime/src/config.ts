/** What a replica is told by its environment: the names of the original container, and ours beside them. */
import { readConfig } from '@farled/service';
import { z } from 'zod';

const whole = z.coerce.number().int().min(1);

const Variables = z.object({
  /** The image: `azureml-models/` lies in it. */
  AML_APP_ROOT: z.string(),
  AZUREML_SOURCE_DIRECTORY: z.string(),
  AZUREML_ENTRY_SCRIPT: z.string(),
  SCORING_TIMEOUT_MS: whole.default(3_600_000),
  WORKER_COUNT: whole.max(1000).default(1),
  FARLED_REPLICA_ID: z.string(),
  /** A Unix socket's path, or host:port. */
  FARLED_LISTEN: z.string(),
  /** The interpreter of the environment. */
  FARLED_PYTHON: z.string(),
  FARLED_MAX_CONCURRENT_REQUESTS: whole.default(1),
  /** What all workers together may use; absent: as much as there is. */
  FARLED_MEMORY_LIMIT_BYTES: whole.optional(),
  FARLED_LOG_FILE: z.string(),
  /** Where to say why it ended. */
  FARLED_REPORT_FILE: z.string(),
});

export interface RuntimeConfig {
  readonly replica: string;
  readonly listen: { readonly path: string } | { readonly host: string; readonly port: number };
  readonly python: string;
  readonly workers: number;
  readonly scoringTimeoutMs: number;
  readonly maxConcurrentRequests: number;
  readonly memoryLimitBytes: number | null;
  readonly logFile: string;
  readonly reportFile: string;
  /** What the workers get: everything, because the entry script's own variables are among it. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** @throws FarledError BadArgument naming each variable that can't be used. */
export function runtimeConfig(environment: Readonly<Record<string, string | undefined>>): RuntimeConfig {
  const variables = readConfig(Variables, environment);
  return {
    replica: variables.FARLED_REPLICA_ID,
    listen: parseListen(variables.FARLED_LISTEN),
    python: variables.FARLED_PYTHON,
    workers: variables.WORKER_COUNT,
    scoringTimeoutMs: variables.SCORING_TIMEOUT_MS,
    maxConcurrentRequests: variables.FARLED_MAX_CONCURRENT_REQUESTS,
    memoryLimitBytes: variables.FARLED_MEMORY_LIMIT_BYTES ?? null,
    logFile: variables.FARLED_LOG_FILE,
    reportFile: variables.FARLED_REPORT_FILE,
    environment,
  };
}

function parseListen(text: string): RuntimeConfig['listen'] {
  const at = text.lastIndexOf(':');
  return text.startsWith('/') ? { path: text } : { host: text.slice(0, at), port: Number(text.slice(at + 1)) };
}
