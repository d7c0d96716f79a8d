import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type Logger, ManualClock, silentLogger } from '@farled/service';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { makeCertificate } from '../testing/make-certificate.ts';
import { type CertificateFile, CertificateFiles } from './certificate-files.ts';
import { choose, readCertificate } from './certificate.ts';

const DAY_MS = 24 * 60 * 60_000;

let folder: string;
let one: CertificateFile;
let other: CertificateFile;
let clock: ManualClock;
let said: string[];
let log: Logger;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'farled-certificates-'));
  one = await makeCertificate(folder, 'one', ['a.example', '*.b.example']);
  other = await makeCertificate(folder, 'other', ['c.example']);
});
afterAll(() => rm(folder, { recursive: true, force: true }));
beforeEach(() => {
  clock = new ManualClock(Date.now());
  said = [];
  const note = (fields: unknown, text: string): number => said.push(`${text} ${JSON.stringify(fields)}`);
  log = Object.assign(Object.create(silentLogger) as Logger, { info: note, warn: note });
});

/** Files of their own, with what the pair has. */
async function copy(pair: CertificateFile): Promise<CertificateFile> {
  const own = await mkdtemp(join(folder, 'own-'));
  const file = { cert: join(own, 'cert.pem'), key: join(own, 'key.pem') };
  await replace(file, pair);
  return file;
}

async function replace(file: CertificateFile, { cert, key }: CertificateFile): Promise<void> {
  await copyFile(cert, file.cert);
  await copyFile(key, file.key);
}

const open = (...files: CertificateFile[]) => CertificateFiles.open({ files, clock, log });

describe('the certificate for a name', () => {
  test.each([
    ['a.example', 'one'],
    ['A.Example', 'one'],
    ['x.b.example', 'one'],
    ['b.example', 'first'],
    ['x.y.b.example', 'first'],
    ['c.example', 'other'],
    ['nobody.example', 'first'],
  ])('%s is that of %s', async (name, wanted) => {
    const read = async ({ cert, key }: CertificateFile) =>
      readCertificate({ cert: await readFile(cert, 'utf8'), key: await readFile(key, 'utf8') });
    const [first, second] = [await read(other), await read(one)];
    const found = choose([first, second], name);
    expect(found).toBe(wanted === 'one' ? second : first);
  });
});

describe('files that change', () => {
  test('are used from then on', async () => {
    const file = await copy(one);
    using files = await open(file);
    const before = files.default;
    let changes = 0;
    files.onChange(() => (changes += 1));
    await files.look();
    expect([files.default, changes]).toEqual([before, 0]);
    await replace(file, other);
    await files.look();
    expect([files.default.names, changes]).toEqual([['c.example'], 1]);
    expect(files.forName('c.example')).toBe(files.default);
  });

  test.each<[what: string, why: string, spoil: (file: CertificateFile) => Promise<void>]>([
    ['of which one is another', 'not the one of the certificate', ({ cert }) => copyFile(other.cert, cert)],
    ['that are no certificate', 'has none in PEM', ({ cert }) => writeFile(cert, 'hello')],
    ['with a key that is none', 'of the key has none', ({ key }) => writeFile(key, 'SECRET')],
    [
      'with a pass phrase',
      'has a pass phrase',
      ({ key }) =>
        writeFile(key, '-----BEGIN ENCRYPTED PRIVATE KEY-----\nSECRET\n-----END ENCRYPTED PRIVATE KEY-----\n'),
    ],
    ['that are gone', 'ENOENT', ({ key }) => rm(key)],
    [
      'that ended',
      'the certificate ended on',
      async (file) => {
        await replace(file, other);
        await clock.advance(100 * DAY_MS);
      },
    ],
  ])('%s leave the one before in use, and why is said once, without the key', async (_what, why, spoil) => {
    const file = await copy(one);
    using files = await open(file);
    const before = files.default;
    await spoil(file);
    await files.look();
    await files.look();
    expect(files.default).toBe(before);
    const told = said.filter((text) => text.includes('are not used'));
    expect(told).toEqual([expect.stringContaining(why)]);
    expect(said.join('\n')).not.toContain('SECRET');
    clock = new ManualClock(Date.now());
  });
});

test('a server does not begin with a pair that is none, and says which', async () => {
  await expect(open({ cert: one.cert, key: other.key })).rejects.toMatchObject({
    code: 'BadArgument',
    message: expect.stringContaining(one.cert),
  });
});

test('that a certificate ends is said before it does', async () => {
  await clock.advance(80 * DAY_MS);
  using files = await open(one);
  expect(files.default.names).toContain('a.example');
  expect(said).toEqual([expect.stringContaining('ends soon')]);
});
