/**
 * The log of an operation in the form that azureml-core prints while it waits: entries `yyyyMMddHHmmss|message`, each
 * ended by `#`. Pure.
 */
import type { OperationLog } from '@farled/contract';

type Line = OperationLog['lines'][number];

/**
 * What follows the first `offset` characters.
 *
 * @param offset in Unicode code points, as Python counts what it has read.
 */
export function streamedLog(lines: readonly Line[], offset: number): string {
  let before = offset;
  let text = '';
  for (const line of lines) {
    const entry = Array.from(toEntry(line));
    text += entry.slice(before).join('');
    before = Math.max(0, before - entry.length);
  }
  return text;
}

function toEntry({ at, text }: Line): string {
  return `${at.replaceAll(/\D/g, '').slice(0, 14)}|${framed(text)}#`;
}

/** Whatever would be taken for the end of an entry, or of its time, stands in another letter. */
function framed(text: string): string {
  return text
    .toWellFormed()
    .replaceAll('#', '*')
    .replaceAll('|', '/')
    .replaceAll(/[\p{Cc}\u2028\u2029]/gu, ' ');
}
