// npm run soak: the long forms of the tests that npm test runs briefly (FARLED_SOAK=true tells them).
import { spawn } from 'node:child_process';
import { join } from 'node:path';

import { install, ROOT, withTools } from './install.mjs';
import { installTestTools } from './test-tools.mjs';

await install();
await installTestTools();
const child = spawn(
  join(ROOT, 'node_modules', '.bin', 'vitest'),
  ['run', '--testTimeout=7200000', 'e2e', 'packages/http/src', ...process.argv.slice(2)],
  {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...withTools(process.env), FARLED_SOAK: 'true' },
  },
);
child.on('exit', (code) => process.exit(code ?? 1));
