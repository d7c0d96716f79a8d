/** Where the lines of a long operation go. */
import type { UploadProgress } from './node/upload.ts';

/** True writes to standard output; a function gets each line. */
export type ShowOutput = boolean | ((line: string) => void);

export interface WaitOptions {
  readonly showOutput?: ShowOutput;
  /** Ends the waiting; the operation goes on. */
  readonly signal?: AbortSignal | undefined;
}

/** What every call that sends files takes. */
export interface SendOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: UploadProgress) => void) | undefined;
  /** Gets what a person should know although nothing failed. */
  readonly notice?: ((text: string) => void) | undefined;
}

export function lineWriter(showOutput: ShowOutput = false): ((line: string) => void) | undefined {
  if (typeof showOutput === 'function') {
    return showOutput;
  }
  return showOutput ? (line) => void process.stdout.write(`${line}\n`) : undefined;
}
