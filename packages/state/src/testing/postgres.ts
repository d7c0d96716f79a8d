/** A real PostgreSQL for tests: Debian's, in a folder of its own, on a Unix socket, without waiting for disks. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { systemClock } from '@farled/service';
import pg from 'pg';

export interface TestPostgres extends AsyncDisposable {
  /** A new, empty database; answers its URL. */
  createDatabase(): Promise<string>;
}

const VERSIONS = '/usr/lib/postgresql';
const START_TIMEOUT_MS = 30_000;

export async function startPostgres(): Promise<TestPostgres> {
  const bin = await findPrograms();
  const user = await ordinaryUser();
  const folder = await mkdtemp(join(tmpdir(), 'farled-pg-'));
  if (user.uid !== undefined && user.gid !== undefined) {
    await chown(folder, user.uid, user.gid);
  }
  const data = join(folder, 'data');
  await promisify(execFile)(
    join(bin, 'initdb'),
    ['-D', data, '-U', 'farled', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'],
    { ...user, cwd: folder },
  );
  const settings = ['listen_addresses=', `unix_socket_directories=${folder}`, 'fsync=off', 'synchronous_commit=off'];
  const server = spawn(join(bin, 'postgres'), ['-D', data, ...settings.flatMap((setting) => ['-c', setting])], {
    ...user,
    cwd: folder,
    stdio: 'ignore',
  });
  const ended = once(server, 'exit');
  const urlOf = (database: string): string => `postgres:///${database}?host=${folder}&user=farled`;
  await connectWithin(urlOf('postgres'), START_TIMEOUT_MS);
  let databases = 0;
  return {
    createDatabase: async () => {
      databases += 1;
      const name = `test${databases}`;
      const client = new pg.Client({ connectionString: urlOf('postgres') });
      await client.connect();
      await client.query(`create database ${name}`);
      await client.end();
      return urlOf(name);
    },
    [Symbol.asyncDispose]: async () => {
      server.kill('SIGQUIT');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function findPrograms(): Promise<string> {
  const versions = await readdir(VERSIONS).catch(() => []);
  const newest = versions.toSorted((a, b) => Number(b) - Number(a))[0];
  if (newest === undefined) {
    throw new Error("These tests need PostgreSQL: install Debian's package postgresql.");
  }
  return join(VERSIONS, newest, 'bin');
}

/** PostgreSQL refuses to run as root. */
async function ordinaryUser(): Promise<{ uid?: number; gid?: number }> {
  if (process.getuid?.() !== 0) {
    return {};
  }
  const id = async (flag: string): Promise<number> =>
    Number((await promisify(execFile)('id', [flag, 'postgres'])).stdout.trim());
  return { uid: await id('-u'), gid: await id('-g') };
}

async function connectWithin(url: string, timeoutMs: number): Promise<void> {
  const deadline = systemClock.now() + timeoutMs;
  for (;;) {
    const client = new pg.Client({ connectionString: url });
    try {
      await client.connect();
      await client.end();
      return;
    } catch (error) {
      if (systemClock.now() > deadline) {
        throw new Error(`PostgreSQL did not start within ${timeoutMs} ms`, { cause: error });
      }
      await systemClock.sleep(50);
    }
  }
}
