/** Image registries that the host and the nodes reach under the same name, 127.0.0.1 and a port. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { authorityIn, issueCertificate } from './certificates.ts';
import { run } from './commands.ts';
import type { Layout } from './layout.ts';
import { IN_NODE } from './node.ts';
import { endProcess, startProcess, waitUntil } from './processes.ts';

export interface RegistryOptions {
  /** Served over TLS with a certificate of the cluster's own authority. */
  readonly tls?: boolean;
  /** Only this user may come in. */
  readonly htpasswd?: { readonly username: string; readonly password: string };
}

export interface Registry {
  /** How images name it, from the host and in pods' specs alike. */
  readonly host: string;
  /** The file to trust when it serves TLS. */
  readonly authority?: string;
  readonly stop: () => Promise<void>;
}

export async function startRegistry(layout: Layout, port: number, options: RegistryOptions = {}): Promise<Registry> {
  const name = `registry-${port}`;
  const folder = join(layout.folder, name);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(join(folder, 'config.json'), JSON.stringify(await configuration(layout, { folder, port, options })));
  const scheme = options.tls === true ? 'https' : 'http';
  await showToNodes(layout, port, scheme);
  const processes = [
    await startProcess(layout, { name, command: ['docker-registry', 'serve', join(folder, 'config.json')] }),
    // It listens where only this machine comes, and nodes have a 127.0.0.1 of their own: this passes them on.
    await startProcess(layout, {
      name: `${name}-for-nodes`,
      command: [
        'socat',
        `TCP4-LISTEN:${port},bind=${layout.hostAddress},fork,reuseaddr,backlog=128`,
        `TCP4:127.0.0.1:${port}`,
      ],
    }),
  ];
  await waitUntil(`the registry at 127.0.0.1:${port}`, () => answers(scheme, port), { processes, timeoutMs: 20_000 });
  return {
    host: `127.0.0.1:${port}`,
    ...(options.tls === true ? { authority: authorityIn(layout.secrets).certificate } : {}),
    stop: async () => {
      await endProcess(layout, `${name}-for-nodes`);
      await endProcess(layout, name);
    },
  };
}

export interface Push {
  readonly image: string;
  /** As skopeo names it: `oci-archive:…`, `docker://…`. */
  readonly from: string;
  /** `user:password`, where the registry asks for one. */
  readonly credentials?: string;
}

export async function push({ image, from, credentials }: Push): Promise<void> {
  const login = credentials === undefined ? [] : [`--dest-creds=${credentials}`];
  await run('skopeo', [
    'copy',
    '--src-tls-verify=false',
    '--dest-tls-verify=false',
    ...login,
    from,
    `docker://${image}`,
  ]);
}

async function configuration(
  layout: Layout,
  { folder, port, options }: { readonly folder: string; readonly port: number; readonly options: RegistryOptions },
): Promise<object> {
  const { tls, htpasswd } = options;
  const http: Record<string, unknown> = { addr: `127.0.0.1:${port}`, relativeurls: true };
  if (tls === true) {
    const authority = authorityIn(layout.secrets);
    const names = ['IP:127.0.0.1', `IP:${layout.hostAddress}`, 'DNS:localhost'];
    http['tls'] = await issueCertificate(authority, { folder, name: 'registry', names });
  }
  const auth = htpasswd && { htpasswd: { realm: 'farled', path: await writePasswords(folder, htpasswd) } };
  return {
    version: '0.1',
    log: { level: 'warn', accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: join(folder, 'storage') }, delete: { enabled: true } },
    http,
    ...(auth && { auth }),
  };
}

/** The registry takes bcrypt only, which the C library has and Node has not; every Debian has Perl. */
async function writePasswords(
  folder: string,
  { username, password }: { readonly username: string; readonly password: string },
): Promise<string> {
  const file = join(folder, 'htpasswd');
  const hashing = 'chomp(my $password = <STDIN>); print crypt($password, q($2y$05$saltsaltsaltsaltsaltse))';
  const hash = await run('perl', ['-e', hashing], { input: password });
  await writeFile(file, `${username}:${hash}\n`, { mode: 0o600 });
  return file;
}

/** Tells the container engines where 127.0.0.1 and this port is. They read it anew for each pull. */
async function showToNodes(layout: Layout, port: number, scheme: string): Promise<void> {
  const folder = join(layout.folder, 'registries', `127.0.0.1:${port}`);
  await mkdir(folder, { recursive: true });
  const url = `${scheme}://${layout.hostAddress}:${port}`;
  const authority = authorityIn(`${IN_NODE.cluster}/secrets`).certificate;
  const lines = [`server = "${url}"`, `[host."${url}"]`, 'capabilities = ["pull", "resolve"]', `ca = "${authority}"`];
  await writeFile(join(folder, 'hosts.toml'), `${lines.join('\n')}\n`);
}

/** Any answer is one: with a password it is 401. */
async function answers(scheme: string, port: number): Promise<boolean> {
  const code = await run('curl', [
    '-sk',
    '--noproxy',
    '*',
    '-o',
    '/dev/null',
    '-w',
    '%{http_code}',
    `${scheme}://127.0.0.1:${port}/v2/`,
  ]);
  return ['200', '401'].includes(code);
}
