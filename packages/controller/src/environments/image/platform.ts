/** What an image runs on, as uv names it. */
export interface ImagePlatform {
  readonly architecture: 'amd64' | 'arm64';
  /** Of the base image's C library, like «2.36»; null when it is not known. */
  readonly glibc: string | null;
}

const MACHINES = { amd64: 'x86_64', arm64: 'aarch64' } as const;

/** Versions of the C library that uv knows by name. Source: uv's `--python-platform`, 0.9. */
const KNOWN_MINORS = [40, 39, 38, 37, 36, 35, 34, 33, 32, 31, 28, 17];

/** With an unknown C library, packages for the one that today's wheels ask for; older wheels run on it too. */
const USUAL_MINOR = 28;

/** The value of uv's `--python-platform`: wheels for the newest C library that the image's own can stand in for. */
export function pythonPlatform({ architecture, glibc }: ImagePlatform): string {
  const minor = /^2\.(\d+)/.exec(glibc ?? '')?.[1];
  const newest = minor === undefined ? USUAL_MINOR : Number(minor);
  const known = KNOWN_MINORS.find((one) => one <= newest) ?? 17;
  return `${MACHINES[architecture]}-${known === 17 ? 'manylinux2014' : `manylinux_2_${known}`}`;
}

/** Whether what this machine compiles runs there. */
export function isThisMachine({ architecture }: ImagePlatform): boolean {
  return process.platform === 'linux' && process.arch === (architecture === 'amd64' ? 'x64' : 'arm64');
}
