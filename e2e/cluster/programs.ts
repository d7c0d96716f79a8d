/** The Go programs of this folder, built once and kept: Kubernetes takes minutes to build. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { cached } from './cached.ts';
import { run } from './commands.ts';
import { cacheFolder } from './layout.ts';

export type ProgramName = 'coredns' | 'kubernetes' | 'kwok' | 'pause';

const MINUTES: Readonly<Record<ProgramName, string>> = {
  coredns: 'about two minutes',
  kubernetes: 'about five minutes',
  kwok: 'about two minutes',
  pause: 'seconds',
};

/** The path of the program, which is built when this version of it has not been built here yet. */
export async function program(name: ProgramName, report: (line: string) => void = () => {}): Promise<string> {
  const sources = join(import.meta.dirname, name);
  const digest = await digestOf(sources);
  return cached(join(cacheFolder(), `${name}-${digest}`, name), async (unfinished) => {
    report(`Building ${name} from its Go module, ${MINUTES[name]} the first time`);
    const flags = ['-trimpath', '-buildvcs=false', '-ldflags', await linkerFlags(sources)];
    await run('go', ['build', ...flags, '-o', unfinished, '.'], {
      cwd: sources,
      env: { ...process.env, CGO_ENABLED: '0' },
    });
  });
}

async function digestOf(sources: string): Promise<string> {
  const hash = createHash('sha256').update(await goVersion());
  for (const file of (await readdir(sources)).toSorted()) {
    hash.update(`\0${file}\0`).update(await readFile(join(sources, file)));
  }
  return hash.digest('hex').slice(0, 16);
}

async function goVersion(): Promise<string> {
  return run('go', ['env', 'GOVERSION', 'GOARCH']).catch((error: unknown) => {
    throw new Error('The test cluster is built with Go 1.24 or newer, and there is no go on the path.', {
      cause: error,
    });
  });
}

/** Without these the components would not know their own version, and tell clients v0.0.0. */
async function linkerFlags(sources: string): Promise<string> {
  const version = /k8s\.io\/kubernetes (v(\d+)\.(\d+)\.\d+)/.exec(await readFile(join(sources, 'go.mod'), 'utf8'));
  if (version === null) {
    return '-s -w';
  }
  const [, full, major, minor] = version;
  const set = { gitVersion: full, gitMajor: major, gitMinor: minor, gitTreeState: 'clean' };
  const flags = Object.entries(set).map(([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`);
  return ['-s', '-w', ...flags].join(' ');
}
