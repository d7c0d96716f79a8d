/** The process that bundles a program to one file. */
import { dirname } from 'node:path';

import { FarledError } from '@farled/contract';
import { rolldown } from 'rolldown';

import { answerApart } from '../apart.ts';

answerApart(bundle);

async function bundle(entry: string): Promise<Uint8Array> {
  const build = await rolldown({
    input: entry,
    cwd: dirname(entry),
    platform: 'node',
    // In a checkout the packages are bundled from their sources, as they are run.
    ...(entry.endsWith('.ts') ? { resolve: { conditionNames: ['@farled/source', 'node', 'import', 'default'] } } : {}),
    logLevel: 'silent',
  });
  try {
    const { output } = await build.generate({
      format: 'esm',
      codeSplitting: false,
      // Lines stay lines, or a stack trace would quote the whole program.
      minify: false,
      comments: false,
      sourcemap: false,
    });
    const [chunk] = output;
    if (output.length !== 1) {
      throw new FarledError('InternalError', `The bundle of ${entry} has ${output.length} files in place of one.`);
    }
    return new TextEncoder().encode(chunk.code);
  } finally {
    await build.close();
  }
}
