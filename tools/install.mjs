// Installs what a checkout needs before anything of it can run. Plain JavaScript for Node 20, because the Node that
// everything else runs on comes with the packages.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const MODULES = join(ROOT, 'node_modules');
const STAMP = join(MODULES, '.farled-installed');
const NODE = join(MODULES, '.bin', 'node');

/** Brings node_modules to what package-lock.json says, unless it is there; returns the Node to run everything with. */
export async function install() {
  try {
    return await installPackages();
  } catch (error) {
    process.stderr.write(`The packages could not be installed: ${error.message}\n`);
    return process.exit(1);
  }
}

async function installPackages() {
  requireNode20();
  const wanted = createHash('sha256')
    .update(readFileSync(join(ROOT, 'package-lock.json')))
    .digest('hex');
  if (!existsSync(STAMP) || readFileSync(STAMP, 'utf8') !== wanted) {
    step('Installing packages, about a minute the first time');
    // Not `npm ci`: it refuses a lockfile without the builds for platforms that a registry mirror doesn't carry.
    // Versions and digests come from the lockfile all the same, and --no-save leaves it as it is.
    await run('npm', ['install', '--no-save', '--no-audit', '--no-fund'], { quiet: true });
    writeFileSync(STAMP, wanted);
  }
  return existsSync(NODE) ? NODE : process.execPath;
}

export function step(text) {
  process.stderr.write(`\x1b[1m==>\x1b[0m ${text}\n`);
}

/** Runs a program to its end; rejects when it fails. A quiet one shows what it printed only when it fails. */
export function run(command, args, { quiet = false, env = process.env } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: ROOT, env, stdio: quiet ? ['ignore', 'pipe', 'pipe'] : 'inherit' });
    const said = [];
    child.stdout?.on('data', (chunk) => said.push(chunk));
    child.stderr?.on('data', (chunk) => said.push(chunk));
    const working = quiet ? setInterval(() => process.stderr.write('.'), 2000) : undefined;
    const stopWorking = () => {
      clearInterval(working);
      if (quiet) {
        process.stderr.write('\n');
      }
    };
    child.on('error', (error) => {
      stopWorking();
      reject(new Error(`${command} could not be started: ${error.message}`));
    });
    child.on('exit', (code, signal) => {
      stopWorking();
      if (code === 0) {
        resolve();
        return;
      }
      process.stderr.write(Buffer.concat(said));
      const error = new Error(`${command} ${args.join(' ')} ended with ${signal ?? `exit code ${code}`}`);
      reject(Object.assign(error, { exitCode: code ?? 1 }));
    });
  });
}

/** Runs a TypeScript file of this repository from source and ends as it ends; signals reach it. */
export async function runSource(file, args) {
  const node = await install();
  const child = spawn(node, ['--conditions=@farled/source', join(ROOT, file), ...args], {
    cwd: process.cwd(),
    stdio: 'inherit',
    env: withTools(process.env),
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => child.kill(signal));
  }
  child.on('exit', (code, signal) => process.exit(code ?? (signal === null ? 1 : 128)));
}

/** The environment with this checkout's own programs, Node 24 among them, first on the path. */
export function withTools(env) {
  return { ...env, PATH: `${join(MODULES, '.bin')}:${env.PATH}` };
}

function requireNode20() {
  if (Number(process.versions.node.split('.')[0]) < 20) {
    process.stderr.write(`Farled needs Node 20 or newer to install itself; this is ${process.version}.\n`);
    process.exit(2);
  }
}
