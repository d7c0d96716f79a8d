/** Errors as text, and as exit codes. Pure. */
import { isFarledError, type ErrorCode } from '@farled/contract';

export const EXIT = { ok: 0, failed: 1, usage: 2, interrupted: 130 } as const;
const USAGE_ERRORS: readonly ErrorCode[] = ['BadArgument', 'InvalidDocument', 'KubeconfigUnusable', 'NotSupportedYet'];

/** 2 when the line or a document of it is wrong, 1 when the work or the server failed. */
export function exitCodeOf(error: unknown): number {
  return isFarledError(error) && USAGE_ERRORS.includes(error.code) ? EXIT.usage : EXIT.failed;
}

/** Message, details and suggestion; with `debug` the stack with its causes. */
export function formatError(error: unknown, { debug }: { debug: boolean }): string {
  const lines = isFarledError(error) ? describe(error) : unexpected(error, debug);
  return `${[...lines, ...(debug ? stacks(error) : [])].join('\n')}\n`;
}

function describe(error: {
  code: string;
  message: string;
  details: readonly { message: string; target?: string }[];
  suggestion: string | undefined;
}): string[] {
  const details = error.details.map(({ target, message }) =>
    target === undefined || message.includes(target) ? message : `${target}: ${message}`,
  );
  const told = details.length > 1 || details.some((detail) => !error.message.includes(withoutFile(detail)));
  return [
    `error ${error.code}: ${error.message}`,
    ...(told ? details.map((detail) => `  - ${detail}`) : []),
    ...(error.suggestion === undefined ? [] : [`  ${error.suggestion}`]),
  ];
}

/** A detail names its file, which the message has named already. */
function withoutFile(detail: string): string {
  return detail.slice(detail.indexOf(': ') + 1).trim();
}

function unexpected(error: unknown, debug: boolean): string[] {
  const text = error instanceof Error ? error.message : String(error);
  return [`error: farled failed: ${text}`, ...(debug ? [] : ['  Run it again with --debug to see where.'])];
}

function stacks(error: unknown): string[] {
  if (!(error instanceof Error)) {
    return [];
  }
  const own = error.stack?.split('\n').slice(1) ?? [];
  const { cause } = error;
  return cause instanceof Error ? [...own, `caused by: ${cause.name}: ${cause.message}`, ...stacks(cause)] : own;
}
