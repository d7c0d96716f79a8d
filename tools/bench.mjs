// npm run bench -- NAME [--json]: runs one benchmark of bench/.
import { readdirSync, existsSync } from 'node:fs';
import { join } from 'node:path';

import { ROOT, runSource } from './install.mjs';

const names = readdirSync(join(ROOT, 'bench')).filter((name) => existsSync(join(ROOT, 'bench', name, 'main.ts')));
const [name, ...options] = process.argv.slice(2);
if (name === undefined || !names.includes(name)) {
  process.stderr.write(`Which benchmark? npm run bench -- ${names.join(' | ')} [--json]\n`);
  process.exit(2);
}
await runSource(join('bench', name, 'main.ts'), options);
