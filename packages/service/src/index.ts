/** What every Farled process shares. */
export { backoffDelay } from './backoff.ts';
export type { Backoff } from './backoff.ts';
export { isoTime, systemClock } from './clock.ts';
export type { Cancel, Clock } from './clock.ts';
export { readConfig } from './config.ts';
export { readJsonFile, writeFileAtomically } from './file.ts';
export { createLogger, LOG_LEVELS, silentLogger } from './logger.ts';
export type { Logger, LogLevel } from './logger.ts';
export { ManualClock } from './manual-clock.ts';
export { identifyProcess, isRunning } from './process-identity.ts';
export type { ProcessIdentity } from './process-identity.ts';
