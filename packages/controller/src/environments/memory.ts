/**
 * Which environment each wish came to, so that finding one that is built takes no program: what a wish comes to depends
 * on the Python versions of the machine, and only uv knows all of those.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { readJsonFile, writeFileAtomically } from '@farled/service';
import { z } from 'zod';

const Memory = z.object({
  digest: z.string().regex(/^[0-9a-f]{32}$/),
  /** What the log was told about the Python that was chosen: told again, for a warning stays one. */
  lines: z.array(z.string()),
  /** The minor version of Python that was not to be had. */
  insteadOf: z.string().nullable(),
});
export type Memory = Readonly<z.output<typeof Memory>>;

const WISHES = '.wishes';

export async function recall(folder: string, wish: string): Promise<Memory | null> {
  return Memory.safeParse(await readJsonFile(join(folder, WISHES, `${wish}.json`))).data ?? null;
}

export async function remember(folder: string, wish: string, memory: Memory): Promise<void> {
  await mkdir(join(folder, WISHES), { recursive: true, mode: 0o700 });
  await writeFileAtomically(join(folder, WISHES, `${wish}.json`), JSON.stringify(memory));
}
