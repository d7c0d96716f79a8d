/** Writes docs/compatibility.md from the routes: `node --conditions=@farled/source tools/write-compatibility-docs.ts`. */
import { writeFile } from 'node:fs/promises';

import { listedRoutes, renderCoverage } from '@farled/azureml';

await writeFile(new URL('../docs/compatibility.md', import.meta.url), renderCoverage(listedRoutes()));
