// What the tests need beyond the packages: programs from Debian, installed when they are missing.
import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

import { run, step } from './install.mjs';

/** Each program with the Debian package that brings it. */
const PROGRAMS = [
  { found: () => postgresIsThere(), debian: 'postgresql' },
  { found: () => onPath('python3'), debian: 'python3' },
  { found: () => onPath('curl'), debian: 'curl' },
];

export async function installTestTools() {
  const missing = PROGRAMS.filter(({ found }) => !found()).map(({ debian }) => debian);
  if (missing.length === 0) {
    return;
  }
  if (!onPath('apt-get') || process.getuid?.() !== 0) {
    process.stderr.write(`The tests need ${missing.join(', ')}: install them, or run as root on Debian.\n`);
    process.exit(2);
  }
  step(`Installing Debian packages: ${missing.join(', ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await run('apt-get', ['update', '-q'], { quiet: true, env });
  await run('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...missing], { quiet: true, env });
}

function onPath(program) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, program)));
}

function postgresIsThere() {
  const versions = '/usr/lib/postgresql';
  return (
    existsSync(versions) &&
    readdirSync(versions).some((version) => existsSync(join(versions, version, 'bin', 'initdb')))
  );
}
