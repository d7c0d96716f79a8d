/** Writes docs/cli.md from the command tree: `node --conditions=@farled/source tools/write-cli-docs.ts`. */
import { writeFile } from 'node:fs/promises';

import { renderReference } from '@farled/cli';

await writeFile(new URL('../docs/cli.md', import.meta.url), renderReference());
