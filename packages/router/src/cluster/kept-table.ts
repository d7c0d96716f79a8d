/** The last table on disk, written behind what is served: a container that is started anew has it at once. */
import type { RouteTable } from '@farled/contract';
import type { Clock, Logger } from '@farled/service';

import { writeTable } from '../table-file.ts';
import { coalesce } from './coalesce.ts';

export interface KeptTableParts {
  readonly path: string;
  readonly clock: Clock;
  readonly log: Logger;
}

/** A table of a thousand services is half a megabyte: it is not written for each of a burst of changes. */
const EVERY_MS = 500;

export function keepTable({ path, clock, log }: KeptTableParts): (table: RouteTable) => void {
  let latest: RouteTable | null = null;
  let isWriting = false;
  const write = async (): Promise<void> => {
    if (isWriting || latest === null) {
      return;
    }
    isWriting = true;
    const table = latest;
    latest = null;
    try {
      await writeTable(path, table);
    } catch (error) {
      log.warn({ err: error, path }, 'The route table could not be kept on disk: a restart waits for the API server');
    } finally {
      isWriting = false;
      if (latest !== null) {
        later();
      }
    }
  };
  const later = coalesce(clock, EVERY_MS, () => void write());
  return (table) => {
    latest = table;
    later();
  };
}
