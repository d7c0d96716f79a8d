/** What a replica leaves behind to say why it ended. */
import { access, writeFile } from 'node:fs/promises';

import type { ReplicaReport } from '@farled/contract';
import { writeFileAtomically } from '@farled/service';

/** Kubernetes cuts the termination message of a container here. */
const MESSAGE_BYTES = 4096;

/**
 * A file that is there already is one that Kubernetes mounted for the purpose (`/dev/termination-log`): nothing can be
 * renamed over it, and what is too long for it would be cut in the middle of the JSON.
 */
export async function writeReport(path: string, report: ReplicaReport): Promise<void> {
  const isMounted = await access(path).then(
    () => true,
    () => false,
  );
  if (isMounted) {
    await writeFile(path, JSON.stringify(cutToFit(report, MESSAGE_BYTES)));
  } else {
    await writeFileAtomically(path, JSON.stringify(report));
  }
}

/** The end of a traceback says what happened: it is cut from its front, and only then the sentence from its end. */
export function cutToFit(report: ReplicaReport, bytes: number): ReplicaReport {
  const { failure } = report;
  if (failure === null || size(report) <= bytes) {
    return report;
  }
  const { message, traceback } = failure;
  const bare = { ...report, workers: [] };
  const withTraceback = (kept: number) => ({
    ...bare,
    failure: { ...failure, traceback: kept === 0 ? '' : `...${traceback.slice(-kept)}` },
  });
  if (size(withTraceback(0)) <= bytes) {
    return withTraceback(largest(traceback.length, (kept) => size(withTraceback(kept)) <= bytes));
  }
  const withMessage = (kept: number) => ({
    ...bare,
    failure: { ...failure, message: `${message.slice(0, kept)}...`, traceback: '' },
  });
  return withMessage(largest(message.length, (kept) => size(withMessage(kept)) <= bytes));
}

function size(report: ReplicaReport): number {
  return Buffer.byteLength(JSON.stringify(report));
}

/** The largest number up to `most` for which it holds, when it holds for all smaller ones. */
function largest(most: number, holds: (kept: number) => boolean): number {
  let [low, high] = [0, most];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (holds(middle)) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return low;
}
