/** Programs that benchmarks measure with and against, from Debian's packages. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const FOLDERS = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin'];

/** The program's path; installed first when it is missing and that is possible. */
export function program(name: string, debian: string): string {
  const found = (): string | undefined => FOLDERS.map((folder) => join(folder, name)).find((path) => existsSync(path));
  const present = found();
  if (present !== undefined) {
    return present;
  }
  if (process.getuid?.() !== 0) {
    throw new Error(`This benchmark needs ${name}: install the package ${debian}, or run it as root on Debian.`);
  }
  process.stderr.write(`Installing ${debian}\n`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  execFileSync('apt-get', ['update', '-q'], { env, stdio: 'ignore' });
  execFileSync('apt-get', ['install', '-y', '-q', '--no-install-recommends', debian], { env, stdio: 'ignore' });
  const installed = found();
  if (installed === undefined) {
    throw new Error(`The package ${debian} brought no ${name}.`);
  }
  return installed;
}
