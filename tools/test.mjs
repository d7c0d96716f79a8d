// npm test: installs what is missing, runs every test, and ends with the line «N passed, N failed».
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { install, ROOT, step, withTools } from './install.mjs';
import { installTestTools } from './test-tools.mjs';

await install();
await installTestTools();

const folder = mkdtempSync(join(tmpdir(), 'farled-test-'));
const report = join(folder, 'report.json');
step('Running the tests');
const exitCode = await new Promise((resolve) => {
  const args = [
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    ...process.argv.slice(2),
  ];
  const child = spawn(join(ROOT, 'node_modules', '.bin', 'vitest'), args, {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...withTools(process.env), FARLED_TEST: 'true' },
  });
  child.on('exit', (code) => resolve(code ?? 1));
});

let passed = 0;
let failed = 0;
try {
  const results = JSON.parse(readFileSync(report, 'utf8'));
  passed = results.numPassedTests;
  failed = results.numFailedTests;
} catch (error) {
  process.stderr.write(`The test runner left no report: ${error.message}\n`);
}
rmSync(folder, { recursive: true, force: true });
if (exitCode !== 0 && failed === 0) {
  failed = 1;
}
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exit(passed === 0 ? 1 : exitCode);
