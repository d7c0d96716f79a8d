#!/usr/bin/env node
// Becomes the server: from source in a checkout, from the build when installed.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 19)) {
  process.stderr.write(
    `farled-server needs Node 22.19 or newer; this is ${process.version}. In a checkout, \`npm start\` brings its own.\n`,
  );
  process.exit(2);
}
const source = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const build = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const program = existsSync(build) ? [build] : ['--conditions=@farled/source', source];
process.execve(process.execPath, [process.execPath, ...program, ...process.argv.slice(2)], process.env);
