// What the tests need beyond the packages: programs from Debian, installed when they are missing.
import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

import { run, step } from './install.mjs';

/** Each program with the Debian package that brings it. */
const PROGRAMS = [
  { found: () => postgresIsThere(), debian: 'postgresql' },
  { found: () => onPath('python3'), debian: 'python3' },
  { found: () => onPath('curl'), debian: 'curl' },
  { found: () => onPath('chromium'), debian: 'chromium' },
];

/** What the test cluster (e2e/cluster) is made of, besides what it builds itself. */
const CLUSTER_PROGRAMS = [
  { found: () => onPath('containerd'), debian: 'containerd' },
  { found: () => onPath('runc'), debian: 'runc' },
  { found: () => existsSync('/usr/lib/cni/bridge'), debian: 'containernetworking-plugins' },
  { found: () => onPath('docker-registry'), debian: 'docker-registry' },
  { found: () => onPath('skopeo'), debian: 'skopeo' },
  { found: () => onPath('debootstrap'), debian: 'debootstrap' },
  { found: () => onPath('ip'), debian: 'iproute2' },
  { found: () => onPath('nft'), debian: 'nftables' },
  { found: () => onPath('iptables'), debian: 'iptables' },
  { found: () => onPath('conntrack'), debian: 'conntrack' },
  { found: () => onPath('socat'), debian: 'socat' },
  { found: () => onPath('openssl'), debian: 'openssl' },
  { found: () => onPath('curl'), debian: 'curl' },
];

/** The cluster's programs too, where the tests bring one up: as root on Linux, unless KUBECONFIG names another. */
export async function installTestTools() {
  const another = process.env.FARLED_TEST_KUBECONFIG ?? process.env.KUBECONFIG;
  const cluster = process.platform === 'linux' && process.getuid?.() === 0 && another === undefined;
  await installMissing(cluster ? [...PROGRAMS, ...CLUSTER_PROGRAMS] : PROGRAMS);
}

export async function installClusterTools() {
  await installMissing(CLUSTER_PROGRAMS);
}

async function installMissing(programs) {
  const missing = programs.filter(({ found }) => !found()).map(({ debian }) => debian);
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
