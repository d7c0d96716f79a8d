/** A service that gives access tokens as Docker's and Azure's do, for a registry that trusts its certificate. */
import { execFile } from 'node:child_process';
import { createSign, randomUUID, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface TokenServer {
  readonly realm: string;
  readonly service: string;
  readonly issuer: string;
  /** The certificate that its tokens are signed with, PEM. */
  readonly root: string;
  /** What was asked: `GET repository:a/b:pull`. */
  readonly asked: string[];
  stop(): Promise<void>;
}

export interface TokenUsers {
  readonly username: string;
  readonly password: string;
  readonly refreshToken: string;
}

export async function startTokenServer(users: TokenUsers): Promise<TokenServer> {
  const { key, certificate } = await makeKey();
  const [service, issuer] = ['tests.registry', 'tests.issuer'];
  const asked: string[] = [];
  const server = createServer((request, response) => {
    void answer(request).then(({ status, body }) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    });
  });
  const answer = async (request: IncomingMessage): Promise<{ status: number; body: unknown }> => {
    const { searchParams } = new URL(request.url ?? '/', 'http://localhost');
    let scopes = searchParams.getAll('scope');
    let known: boolean;
    if (request.method === 'POST') {
      const form = new URLSearchParams(await text(request));
      scopes = (form.get('scope') ?? '').split(' ');
      known = form.get('grant_type') === 'refresh_token' && form.get('refresh_token') === users.refreshToken;
    } else {
      const basic = Buffer.from(`${users.username}:${users.password}`).toString('base64');
      known = request.headers.authorization === `Basic ${basic}`;
    }
    asked.push(`${request.method} ${scopes.join(' ')}`);
    if (!known) {
      return { status: 401, body: { errors: [{ code: 'UNAUTHORIZED', message: 'wrong user or password' }] } };
    }
    const access = scopes.map((scope) => {
      const [type, name, actions = ''] = scope.split(':');
      return { type, name, actions: actions.split(',') };
    });
    return {
      status: 200,
      body: { access_token: sign({ service, issuer, access }, key, certificate), expires_in: 300 },
    };
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    realm: `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`,
    service,
    issuer,
    root: certificate,
    asked,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function sign(claims: { service: string; issuer: string; access: unknown }, key: string, certificate: string): string {
  const seconds = Math.floor(Date.now() / 1000);
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const header = part({ typ: 'JWT', alg: 'ES256', x5c: [new X509Certificate(certificate).raw.toString('base64')] });
  const payload = part({
    iss: claims.issuer,
    sub: 'tests',
    aud: claims.service,
    exp: seconds + 300,
    nbf: seconds - 60,
    iat: seconds,
    jti: randomUUID(),
    access: claims.access,
  });
  const signature = createSign('sha256')
    .update(`${header}.${payload}`)
    .sign({ key, dsaEncoding: 'ieee-p1363' }, 'base64url');
  return `${header}.${payload}.${signature}`;
}

async function makeKey(): Promise<{ readonly key: string; readonly certificate: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'farled-token-'));
  try {
    const [key, certificate] = [join(folder, 'key'), join(folder, 'crt')];
    const options = '-x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=token-tests';
    await run('openssl', ['req', ...options.split(' '), '-keyout', key, '-out', certificate]);
    return { key: await readFile(key, 'utf8'), certificate: await readFile(certificate, 'utf8') };
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function text(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) {
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString();
}
