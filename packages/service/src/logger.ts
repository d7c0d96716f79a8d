/** Structured logs: a constant sentence per event, data in fields. Secrets never reach them. */
import { pino } from 'pino';

export type Logger = pino.Logger;

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** `name` is the process: server, router, runtime. `file` appends there instead of writing to standard error. */
export function createLogger(
  name: string,
  options: { readonly level?: LogLevel; readonly file?: string } = {},
): Logger {
  return pino(
    {
      name,
      level: options.level ?? 'info',
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: {
        paths: [
          'authorization',
          'token',
          'primaryKey',
          'secondaryKey',
          'password',
          '*.authorization',
          '*.token',
          '*.primaryKey',
          '*.secondaryKey',
          '*.password',
        ],
        censor: '[secret]',
      },
    },
    options.file === undefined
      ? pino.destination({ fd: 2, sync: true })
      : pino.destination({ dest: options.file, append: true, mkdir: true, sync: false }),
  );
}

export const silentLogger: Logger = pino({ level: 'silent' });
