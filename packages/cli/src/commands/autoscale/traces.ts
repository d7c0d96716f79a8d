/** Traces by name: a file, or one that is generated. */
import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';

import { generatedTrace, GENERATED_TRACES, readTrace, type Trace } from '@farled/autoscaling';
import { FarledError } from '@farled/contract';
import { fileError } from '@farled/sdk';

const MOST_BYTES = 256 * 1024 * 1024;
const GENERATE = /^generate:([^:]+)(?::(\d{1,9}))?$/;

/** @throws FarledError BadArgument, InvalidDocument */
export async function findTrace(named: string, serviceMs: number, folder: string): Promise<Trace> {
  if (serviceMs < 0) {
    throw new FarledError('BadArgument', `--service-ms is ${serviceMs}; it must be 0 or more.`);
  }
  if (named.startsWith('generate:')) {
    const [, kind = '', seed] = GENERATE.exec(named) ?? [];
    const trace = generatedTrace(kind, seed === undefined ? undefined : Number(seed));
    if (trace === undefined) {
      throw new FarledError('BadArgument', `There is no trace "${named}".`, {
        suggestion: `Say generate:KIND or generate:KIND:SEED, KIND one of ${GENERATED_TRACES.join(', ')}.`,
      });
    }
    return trace;
  }
  const path = resolve(folder, named);
  try {
    const { size } = await stat(path);
    if (size > MOST_BYTES) {
      throw new FarledError('BadArgument', `The trace "${path}" has ${size} bytes, which is more than 256 MB.`);
    }
    return readTrace({ name: named, text: await readFile(path, 'utf8'), serviceMs });
  } catch (error) {
    throw fileError(error, 'The trace', path);
  }
}
