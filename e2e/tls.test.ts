/** Scoring over TLS on one machine: with a certificate of one's own, which is renewed while requests are answered. */
import { execFile } from 'node:child_process';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { promisify } from 'node:util';

import { Model, trustAuthority, type Webservice } from '@farled/sdk';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { createAuthority, issueCertificate } from './cluster/certificates.ts';
import { deployment, devTestCompute, inference, temporaryFolder } from './harness/sample.ts';
import { ROOT, startServer, type TestServer } from './harness/server.ts';
import { until } from './harness/until.ts';

const run = promisify(execFile);
const SCRIPT = 'def init():\n    pass\n\ndef run(raw):\n    return raw\n';
const CLI = join(ROOT, 'packages', 'cli', 'src', 'main.ts');

let server: TestServer;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let service: Webservice;
let authority: string;
beforeAll(async () => {
  folder = await temporaryFolder();
  const made = await createAuthority(folder.path);
  authority = made.certificate;
  for (const name of ['first', 'second']) {
    const { certificate, key } = await issueCertificate(made, { folder: folder.path, name, names: ['DNS:localhost'] });
    await copyFile(certificate, join(folder.path, `${name}.crt`));
    await copyFile(key, join(folder.path, `${name}.key`));
  }
  await use('first');
  server = await startServer({
    FARLED_TLS_CERT: join(folder.path, 'cert.pem'),
    FARLED_TLS_KEY: join(folder.path, 'key.pem'),
    FARLED_SCORING_NAME: 'localhost',
  });
  await devTestCompute(server.workspace);
  const source = await inference(folder.path, 'source', SCRIPT);
  service = await Model.deploy(server.workspace, 'secure', [], source, deployment({}), 'myaks');
  await service.waitForDeployment();
}, 180_000);
afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
  await folder?.[Symbol.asyncDispose]();
});

async function use(name: string): Promise<void> {
  await copyFile(join(folder.path, `${name}.crt`), join(folder.path, 'cert.pem'));
  await copyFile(join(folder.path, `${name}.key`), join(folder.path, 'key.pem'));
}

/** Whose certificate a new connection is shown. */
function shown(): Promise<string> {
  const { port } = new URL(service.scoringUri);
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port: Number(port), rejectUnauthorized: false }, () => {
      resolve(String(socket.getPeerCertificate().subject.CN));
      socket.destroy();
    });
    socket.on('error', reject);
  });
}

test('a service is scored at its https address by who trusts the authority, and by nobody else', async () => {
  expect(service.scoringUri).toMatch(/^https:\/\/localhost:\d+\/api\/v1\/service\/secure\/score$/);
  const asked = ['--conditions=@farled/source', CLI, 'service', 'run', '-n', 'secure', '-w', 'test', '-d', '"a"'];
  const env = { ...server.environment, FARLED_RESOURCE_GROUP: 'e2e' };
  await expect(run(process.execPath, asked, { env })).rejects.toThrow(/self-signed|unable to|certificate/i);
  const { stdout } = await run(process.execPath, [...asked, '--ca-file', authority], { env });
  expect(stdout).toContain('a');
  await trustAuthority(authority);
  expect(await service.run('b')).toBe('b');
});

test('a certificate that is renewed is used without a restart, and the server finds its router again', async () => {
  expect(await shown()).toBe('first');
  await use('second');
  await until('the new certificate is shown', async () => (await shown()) === 'second', 20_000);
  const before = service.scoringUri;
  await server.kill();
  await server.restart();
  expect(service.scoringUri).toBe(before);
  expect(await service.run('c')).toBe('c');
});
