/** What the router is held against, and the replicas behind all of them: all end with `ending`. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { freePort, type Running, start } from '../harness/process.ts';
import { program } from '../harness/tools.ts';

export interface Peer {
  readonly port: number;
  readonly pid: number;
}

const NGINX = (folder: string, name: string): string => `
daemon off; worker_processes 1; pid ${folder}/${name}.pid; error_log ${folder}/${name}.log;
events { worker_connections 4096; }`;
const NGINX_HTTP = (folder: string): string => `
  access_log off; client_body_temp_path ${folder}; proxy_temp_path ${folder}; keepalive_requests 1000000000;
  fastcgi_temp_path ${folder}; uwsgi_temp_path ${folder}; scgi_temp_path ${folder};`;

/** Paths of two sockets, and a port, that answer every request at once. */
export async function startReplicas(folder: string, ending: AsyncDisposableStack) {
  const port = await freePort();
  const paths = ['a', 'b'].map((name) => join(folder, `${name}.sock`));
  const answer = `location / { default_type application/json; return 200 '[6141.16]'; }`;
  const servers = [...paths.map((path) => `unix:${path}`), `127.0.0.1:${port}`];
  await startNginx(folder, 'replicas', servers.map((at) => `server { listen ${at}; ${answer} }`).join('\n'), ending);
  return { paths, port };
}

export async function startNginxProxy(
  folder: string,
  replicas: readonly string[],
  ending: AsyncDisposableStack,
): Promise<Peer> {
  const port = await freePort();
  const { child } = await startNginx(
    folder,
    'proxy',
    `upstream replicas { least_conn; ${replicas.map((path) => `server unix:${path};`).join(' ')} keepalive 64; keepalive_requests 1000000000; }
  server {
    listen 127.0.0.1:${port};
    location / { proxy_pass http://replicas; proxy_http_version 1.1; proxy_set_header Connection ''; }
  }`,
    ending,
  );
  return { port, pid: child.pid ?? 0 };
}

export async function startHaproxy(
  folder: string,
  replicas: readonly string[],
  ending: AsyncDisposableStack,
): Promise<Peer> {
  const port = await freePort();
  const path = join(folder, 'haproxy.cfg');
  await writeFile(
    path,
    `
global
  nbthread 1
  maxconn 4096
defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
  http-reuse always
frontend scoring
  bind 127.0.0.1:${port}
  default_backend replicas
backend replicas
  balance leastconn
${replicas.map((socket, index) => `  server replica${index} unix@${socket}`).join('\n')}
`,
  );
  const { child } = ending.use(start(program('haproxy', 'haproxy'), ['-db', '-q', '-f', path]));
  return { port, pid: child.pid ?? 0 };
}

export async function startUndiciProxy(replicas: readonly string[], ending: AsyncDisposableStack): Promise<Peer> {
  const port = await freePort();
  const entry = fileURLToPath(new URL('undici-proxy.ts', import.meta.url));
  const { child } = ending.use(start(process.execPath, [...process.execArgv, entry, String(port), ...replicas]));
  return { port, pid: child.pid ?? 0 };
}

async function startNginx(folder: string, name: string, http: string, ending: AsyncDisposableStack): Promise<Running> {
  const path = join(folder, `${name}.conf`);
  await writeFile(path, `${NGINX(folder, name)}\nhttp {${NGINX_HTTP(folder)}\n${http}\n}`);
  return ending.use(start(program('nginx', 'nginx-light'), ['-e', join(folder, `${name}.log`), '-c', path]));
}
