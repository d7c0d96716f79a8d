/** A replica: the front, its workers, and their end. */
import { rm } from 'node:fs/promises';

import { BOOT_FAILURE_EXIT_CODE, type ReplicaFailure } from '@farled/contract';
import { systemClock } from '@farled/service';

import { readConfigFile } from './config-file.ts';
import { runtimeConfig } from './config.ts';
import { corsOf } from './cors.ts';
import { Front } from './front.ts';
import { watchMemory } from './memory-watch.ts';
import { OutputLog, writeToStandardOutput } from './output-log.ts';
import { Pool } from './pool.ts';
import { Quarantine } from './quarantine.ts';
import { writeReport } from './report-file.ts';
import { swaggerOf } from './swagger/swagger.ts';

const config = runtimeConfig(process.env, readConfigFile(process.env));
const output = config.logFile === null ? null : new OutputLog(config.logFile, systemClock);
const log = (line: string): void => (output === null ? writeToStandardOutput(line, systemClock) : output.write(line));

let failing = false;
const fail = async (failure: ReplicaFailure): Promise<void> => {
  if (failing) {
    return;
  }
  failing = true;
  pool.kill();
  log(failure.message);
  if (config.reportFile !== null) {
    await writeReport(config.reportFile, { ...front.report, state: 'failed', failure }).catch((error: unknown) =>
      log(`The report could not be written to ${config.reportFile}: ${String(error)}`),
    );
  }
  process.exit(BOOT_FAILURE_EXIT_CODE);
};

const pool: Pool = new Pool({ ...config, clock: systemClock, onLine: log, onFailure: (failure) => void fail(failure) });
const front = new Front({
  ...config,
  pool,
  quarantine: new Quarantine({ folder: config.quarantineFolder, log }),
  cors: corsOf(config.corsOrigins),
  log,
  clock: systemClock,
  drained: () => {
    pool.close();
    front.close();
  },
});

process.on('SIGTERM', () => front.drain());
// Of the terminal that started the server: the server decides what ends.
process.on('SIGINT', () => {});

if ('path' in config.listen) {
  await rm(config.listen.path, { force: true });
}
front.server.listen(config.listen);
if (config.memoryLimitBytes !== null) {
  const limitBytes = config.memoryLimitBytes;
  watchMemory({
    pids: () => pool.pids,
    limitBytes,
    clock: systemClock,
    exceeded: (bytes) =>
      void fail({
        code: 'ReplicaOutOfMemory',
        message: `The replica used ${megabytes(bytes)} MB of memory and was ended: its limit is ${megabytes(limitBytes)} MB (containerResourceRequirements.memoryInGBLimit, or memoryInGB).`,
        traceback: '',
      }),
  });
}
log(`Replica ${config.replica} starts ${config.environment['AZUREML_ENTRY_SCRIPT']} with ${config.python}`);
try {
  await pool.start();
  await describe();
  log(`Replica ${config.replica} is ready`);
} catch {
  // Said and ended by `fail`.
}

/** After init(), which may have written the files of swagger.json. */
async function describe(): Promise<void> {
  const schemas = pool.entry?.schemas ?? { error: 'the entry script said nothing of its schemas' };
  try {
    front.ready(await swaggerOf({ service: config.service, folders: config.swaggerFolders, schemas }));
  } catch (error) {
    await fail({
      code: 'UserScriptImportError',
      message: error instanceof Error ? error.message : String(error),
      traceback: '',
    });
  }
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 1024 / 1024);
}
