/** What the quick start prints: steps in bold, what they do indented, times in seconds. */
import { styleText } from 'node:util';

import { isFarledError } from '@farled/contract';
import { systemClock } from '@farled/service';

const startedAt = systemClock.now();

export function showStep(text: string): void {
  const seconds = ((systemClock.now() - startedAt) / 1000).toFixed(1);
  process.stdout.write(`${styleText('bold', `==> ${text}`)} ${styleText('dim', `[${seconds} s]`)}\n`);
}

export function show(text: string): void {
  process.stdout.write(text.replaceAll(/^/gm, '    ').concat('\n'));
}

export function showFailure(error: unknown): void {
  const text = isFarledError(error)
    ? [
        error.message,
        ...error.details.map(({ target, message }) => `  ${target ?? ''} ${message}`),
        error.suggestion ?? '',
      ]
    : [error instanceof Error ? (error.stack ?? error.message) : String(error)];
  process.stderr.write(
    `${styleText('red', 'The quick start failed.')} ${text.filter((line) => line !== '').join('\n')}\n`,
  );
}
