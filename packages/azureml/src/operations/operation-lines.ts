import type { OperationLog } from '@farled/contract';
import type { State } from '@farled/state';

/** All that the log of an operation has until now. @throws FarledError OperationNotFound. */
export async function operationLines(
  { operations }: Pick<State, 'operations'>,
  id: string,
): Promise<OperationLog['lines']> {
  const lines: OperationLog['lines'] = [];
  for (;;) {
    const { lines: more } = await operations.log(id, lines.length);
    if (more.length === 0) {
      return lines;
    }
    lines.push(...more);
  }
}

/** As a file that people read. */
export function asText(lines: OperationLog['lines']): string {
  return lines.map(({ at, text }) => `${at} ${text}\n`).join('');
}
