/**
 * What a replica is told by its environment: the names of the original container, and ours beside them. The defaults
 * are those of an image, so that one that Farled built runs by itself.
 */
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { readConfig } from '@farled/service';
import { z } from 'zod';

import { APP_ROOT } from './config-file.ts';
import type { ServiceInfo } from './swagger/parts.ts';

/** What a timer takes at most. */
const LONGEST_MS = 2 ** 31 - 1;
const whole = z.coerce.number().int().min(1);

const Variables = z.object({
  /** The image: `azureml-models/` lies in it. */
  AML_APP_ROOT: z.string().default(APP_ROOT),
  /** Relative to the app root, which it is when not given. */
  AZUREML_SOURCE_DIRECTORY: z.string().default('.'),
  AZUREML_ENTRY_SCRIPT: z.string(),
  SCORING_TIMEOUT_MS: whole.default(3_600_000),
  WORKER_COUNT: whole.max(1000).default(1),
  /** What swagger.json calls the service, and where it says that it is. */
  SERVICE_NAME: z.string().default('ML service'),
  SERVICE_VERSION: z.string().default('1.0'),
  SERVICE_PATH_PREFIX: z.string().default(''),
  /** Sites whose pages may read answers, separated by commas; * is any. */
  AML_CORS_ORIGINS: z.string().optional(),
  /** Where a debugger may attach to the first worker, which waits for it. */
  AZUREML_DEBUG_PORT: whole.max(65_535).optional(),
  AZUREML_LOG_LEVEL: z.string().default('INFO'),
  /** In a cluster the pod's name. */
  HOSTNAME: z.string().default('replica'),
  FARLED_REPLICA_ID: z.string().optional(),
  /** A Unix socket's path, or host:port. */
  FARLED_LISTEN: z
    .string()
    .regex(/^\/.|.:\d+$/, "expected a socket's path, or host:port")
    .default('0.0.0.0:5001'),
  /** The interpreter of the environment. */
  FARLED_PYTHON: z.string().default('/opt/farled/python/bin/python'),
  FARLED_MAX_CONCURRENT_REQUESTS: whole.default(1),
  /** What all workers together may use; absent: as much as there is. */
  FARLED_MEMORY_LIMIT_BYTES: whole.optional(),
  /** How long it still serves once it drains: until every router knows. */
  FARLED_DRAIN_LINGER_SECONDS: z.coerce.number().min(0).max(300).default(0),
  /** Where bodies are kept that end the Python process. */
  FARLED_QUARANTINE_FOLDER: z.string().optional(),
  /** Absent: lines go to standard output. */
  FARLED_LOG_FILE: z.string().optional(),
  /** Where to say why it ended; absent: in the log alone. */
  FARLED_REPORT_FILE: z.string().optional(),
});

export interface RuntimeConfig {
  readonly service: ServiceInfo;
  /** Where the user's own swagger.json may lie. */
  readonly swaggerFolders: readonly string[];
  readonly corsOrigins: string | null;
  readonly replica: string;
  readonly listen: { readonly path: string } | { readonly host: string; readonly port: number };
  readonly python: string;
  readonly workers: number;
  readonly scoringTimeoutMs: number;
  readonly maxConcurrentRequests: number;
  readonly memoryLimitBytes: number | null;
  readonly lingerMs: number;
  readonly quarantineFolder: string;
  readonly logFile: string | null;
  readonly reportFile: string | null;
  /** What the workers get: everything, because the entry script's own variables are among it, and our defaults. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** @throws FarledError BadArgument naming each variable that can't be used. */
export function runtimeConfig(
  environment: Readonly<Record<string, string | undefined>>,
  file: Readonly<Record<string, string>> = {},
): RuntimeConfig {
  const variables = readConfig(Variables, { ...file, ...environment });
  const sourceDirectory = resolve(variables.AML_APP_ROOT, variables.AZUREML_SOURCE_DIRECTORY);
  const prefix = variables.SERVICE_PATH_PREFIX.replaceAll(/^\/+|\/+$/g, '');
  const listen = parseListen(variables.FARLED_LISTEN);
  const isDebugged = variables.AZUREML_DEBUG_PORT !== undefined;
  return {
    service: {
      name: variables.SERVICE_NAME,
      version: variables.SERVICE_VERSION,
      prefix: prefix === '' ? '' : `/${prefix}`,
    },
    swaggerFolders: [variables.AML_APP_ROOT, sourceDirectory],
    corsOrigins: variables.AML_CORS_ORIGINS ?? null,
    replica: variables.FARLED_REPLICA_ID ?? variables.HOSTNAME,
    listen,
    python: variables.FARLED_PYTHON,
    workers: variables.WORKER_COUNT,
    // Who stops at a breakpoint takes his time.
    scoringTimeoutMs: isDebugged ? LONGEST_MS : variables.SCORING_TIMEOUT_MS,
    maxConcurrentRequests: variables.FARLED_MAX_CONCURRENT_REQUESTS,
    memoryLimitBytes: variables.FARLED_MEMORY_LIMIT_BYTES ?? null,
    lingerMs: variables.FARLED_DRAIN_LINGER_SECONDS * 1000,
    quarantineFolder: variables.FARLED_QUARANTINE_FOLDER ?? join(tmpdir(), 'farled-quarantine'),
    logFile: variables.FARLED_LOG_FILE ?? null,
    reportFile: variables.FARLED_REPORT_FILE ?? null,
    environment: {
      ...environment,
      AML_APP_ROOT: variables.AML_APP_ROOT,
      AZUREML_SOURCE_DIRECTORY: sourceDirectory,
      AZUREML_ENTRY_SCRIPT: variables.AZUREML_ENTRY_SCRIPT,
      AZUREML_LOG_LEVEL: variables.AZUREML_LOG_LEVEL,
      ...(isDebugged && {
        AZUREML_DEBUG_PORT: String(variables.AZUREML_DEBUG_PORT),
        // A debugger can do anything: where there is no container around the port, only this machine reaches it.
        FARLED_DEBUG_HOST: 'path' in listen ? '127.0.0.1' : '0.0.0.0',
      }),
    },
  };
}

function parseListen(text: string): RuntimeConfig['listen'] {
  const at = text.lastIndexOf(':');
  return text.startsWith('/')
    ? { path: text }
    : { host: text.slice(0, at).replace(/^\[(.*)\]$/, '$1'), port: Number(text.slice(at + 1)) };
}
