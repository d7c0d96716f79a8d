/** Debian's docker-registry on a free port of this machine, for tests. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const run = promisify(execFile);
const PROGRAM = 'docker-registry';

export interface RunningRegistry {
  /** 127.0.0.1:port */
  readonly host: string;
  readonly folder: string;
  /** The certificate to trust, PEM, with TLS. */
  readonly certificate: string | undefined;
  stop(): Promise<void>;
}

export interface RegistryOptions {
  readonly tls?: boolean;
  /** A line of an htpasswd file, and so a user. */
  readonly htpasswd?: string;
  /** Where to get tokens. */
  readonly token?: { readonly realm: string; readonly service: string; readonly issuer: string; readonly root: string };
}

export async function startRegistry({ tls = false, htpasswd, token }: RegistryOptions = {}): Promise<RunningRegistry> {
  const folder = await mkdtemp(join(tmpdir(), 'farled-registry-'));
  const certificate = tls ? await makeCertificate(folder) : undefined;
  const lines = [
    'version: 0.1',
    `log: {level: info, formatter: text}`,
    `storage: {filesystem: {rootdirectory: ${folder}/data}, delete: {enabled: true}}`,
    'http:',
    '  addr: 127.0.0.1:0',
    ...(tls ? [`  tls: {certificate: ${folder}/tls.crt, key: ${folder}/tls.key}`] : []),
    ...(htpasswd === undefined ? [] : [`auth: {htpasswd: {realm: tests, path: ${folder}/htpasswd}}`]),
    ...(token === undefined
      ? []
      : [
          `auth: {token: {realm: "${token.realm}", service: ${token.service}, issuer: ${token.issuer}, rootcertbundle: ${folder}/token.crt}}`,
        ]),
  ];
  await writeFile(join(folder, 'config.yml'), lines.join('\n'));
  if (htpasswd !== undefined) {
    await writeFile(join(folder, 'htpasswd'), `${htpasswd}\n`);
  }
  if (token !== undefined) {
    await writeFile(join(folder, 'token.crt'), token.root);
  }
  const child = spawn(PROGRAM, ['serve', join(folder, 'config.yml')], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { PATH: process.env['PATH'], OTEL_TRACES_EXPORTER: 'none' },
  });
  const said: string[] = [];
  const host = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stderr }).on('line', (line) => {
      said.push(line);
      const address = /listening on (127\.0\.0\.1:\d+)/.exec(line)?.[1];
      if (address !== undefined) {
        resolve(address);
      }
    });
    child.on('error', reject);
    child.on('exit', (code) => reject(new Error(`docker-registry ended with code ${code}: ${said.join('\n')}`)));
  });
  return {
    host,
    folder,
    certificate,
    stop: async () => {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function makeCertificate(folder: string): Promise<string> {
  const options = '-x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=tests';
  const names = ['-addext', 'subjectAltName=IP:127.0.0.1'];
  const files = ['-keyout', join(folder, 'tls.key'), '-out', join(folder, 'tls.crt')];
  await run('openssl', ['req', ...options.split(' '), ...names, ...files]);
  return readFile(join(folder, 'tls.crt'), 'utf8');
}
