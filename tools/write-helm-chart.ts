/** Writes deploy/helm/farled-router: `node --conditions=@farled/source tools/write-helm-chart.ts`. */
import { mkdir, rm, writeFile } from 'node:fs/promises';

import { routerChart } from '../packages/controller/src/compute/kubernetes/router-objects-chart.ts';

const folder = new URL('../deploy/helm/farled-router/', import.meta.url);
await rm(folder, { recursive: true, force: true });
await mkdir(new URL('templates/', folder), { recursive: true });
await Promise.all(Object.entries(routerChart()).map(([path, text]) => writeFile(new URL(path, folder), text)));
