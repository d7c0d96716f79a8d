/** What stands between a script of Azure ML v1 and the server, through the real command line. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { networkInterfaces, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { connect as connectTls } from 'node:tls';

import { openTls } from '@farled/azureml';
import { systemClock } from '@farled/service';
import { runningServer } from '@farled/standalone';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';

import { azuremlPython, checksIn, FARLED, faults, JOURNEYS } from '../harness/azureml-client.ts';
import { startServer, type TestServer } from '../harness/server.ts';

// Each starts several programs, one after the other.
vi.setConfig({ testTimeout: 180_000 });

let server: TestServer;
let python: string;
let home: string;

beforeAll(async () => {
  server = await startServer();
  python = await azuremlPython(server);
}, 600_000);
afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
});
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'farled-connect-'));
  await server.workspace.writeConfig({ path: home });
});
afterEach(() => rm(home, { recursive: true, force: true }));

type Variables = Record<string, string | undefined>;

interface Run {
  readonly cwd?: string;
  readonly variables?: Variables;
  readonly input?: string;
}

/** A program of a user who has nothing set but where the server keeps its state. */
async function start(command: string, args: readonly string[], { cwd = home, variables = {}, input }: Run = {}) {
  const env = { PATH: process.env['PATH'], HOME: home, FARLED_HOME: server.home, PYTHONDONTWRITEBYTECODE: '1' };
  const child = spawn(command, args, { cwd, env: { ...env, ...variables }, stdio: 'pipe' });
  child.stdin.end(input);
  return child;
}

async function run(command: string, args: readonly string[], how: Run = {}) {
  const child = await start(command, args, how);
  const ended = once(child, 'close');
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { code: code as number | null, out, err, checks: checksIn(out) };
}

const farled = (args: readonly string[], how?: Run) => run(process.execPath, [FARLED, 'azureml', ...args], how);
const SCRIPT = join(JOURNEYS, 'connect.py');

describe('the variables', () => {
  test('are taken in by a real bash, and lead an unchanged script to the server', async () => {
    const script = `source <('${process.execPath}' '${FARLED}' azureml env) && exec '${python}' '${SCRIPT}'`;
    expect(faults(await run('bash', ['-euc', script], { variables: { PYTHONPATH: JOURNEYS } }))).toEqual([]);
  });

  test("keep what the user has: another sitecustomize, a PYTHONPATH, and an authority of the user's company", async () => {
    const mine = join(home, "it's mine");
    await mkdir(mine);
    await writeFile(join(mine, 'sitecustomize.py'), "import sys\nsys.seen_by_user = ['sitecustomize']\n");
    const company = await openTls(join(home, 'company'), ['proxy.example'], systemClock);
    await writeFile(join(home, 'company.pem'), company.authority);
    const variables = { PYTHONPATH: [mine, JOURNEYS].join(delimiter), REQUESTS_CA_BUNDLE: join(home, 'company.pem') };
    const told = await farled(['run', '--', python, '-c', 'import os; print(os.environ["REQUESTS_CA_BUNDLE"])'], {
      variables,
    });
    expect(await readFile(told.out.trim(), 'utf8')).toContain(company.authority.split('\n')[1]);
    // Two authorities of Farled would confuse the script's check.
    const { REQUESTS_CA_BUNDLE: _, ...others } = variables;
    expect(faults(await farled(['run', '--', python, SCRIPT, 'sitecustomize'], { variables: others }))).toEqual([]);
  });

  test('of a service principal have its password only when that is asked for', async () => {
    await writeFile(join(home, 'password'), 'very-secret\n');
    const line = ['env', '--identity', 'service-principal', '--client-id', 'me', '--password-file', 'password'];
    const hidden = await farled(line);
    expect(hidden.out).toContain("export AZUREML_SERVICE_PRINCIPAL_ID='me'\n");
    expect(hidden.out).toContain('unset MSI_ENDPOINT\n');
    expect(hidden.out + hidden.err).not.toContain('very-secret');
    expect(hidden.err).toContain('is not printed');
    expect((await farled([...line, '--show-secrets'])).out).toContain("PASSWORD='very-secret'\n");
  });

  test('are refused in words where there is no server', async () => {
    const { code, out, err } = await farled(['env'], { variables: { FARLED_HOME: home } });
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain(`No Farled server runs on ${home}`);
  });
});

describe('run', () => {
  test('works in a folder with config.json, and below one', async () => {
    const plain = join(home, 'plain');
    const below = join(plain, 'src', 'train');
    await mkdir(below, { recursive: true });
    await writeFile(join(plain, 'config.json'), await readFile(join(home, '.azureml', 'config.json')));
    const program = 'from azureml.core import Workspace; print(Workspace.from_config().name)';
    for (const cwd of [plain, below]) {
      expect(await farled(['run', python, '-c', program], { cwd })).toMatchObject({ code: 0, out: 'test\n' });
    }
  });

  test('hands on arguments, input and the exit code as they are', async () => {
    const program = 'import json, sys; print(json.dumps([*sys.argv[1:], sys.stdin.read()])); sys.exit(7)';
    const given = ['-n', '--', "it's", '', '--url=x'];
    const { code, out } = await farled(['run', python, '-c', program, ...given], { input: 'from outside' });
    expect(code).toBe(7);
    expect(JSON.parse(out)).toEqual([...given, 'from outside']);
  });

  test.each(['SIGTERM', 'SIGINT'] as const)('passes %s on, and ends as the program does', async (signal) => {
    const program = `
import os, signal, sys
signal.signal(signal.${signal}, lambda *_: (os.write(1, b"told\\n"), sys.exit(5)))
print("ready", flush=True)
signal.pause()`;
    const child = await start(process.execPath, [FARLED, 'azureml', 'run', '--', python, '-c', program]);
    let out = '';
    child.stdout.on('data', (chunk) => {
      out += chunk;
      if (String(chunk).startsWith('ready')) {
        child.kill(signal);
      }
    });
    const [code] = (await once(child, 'close')) as [number | null];
    expect({ code, out }).toEqual({ code: 5, out: 'ready\ntold\n' });
  });

  test('says so when there is no such program', async () => {
    const { code, err } = await farled(['run', 'no-such-program']);
    expect(code).toBe(2);
    expect(err).toContain("no-such-program can't be started");
  });
});

/** Lines of a shell that is set up. */
let setUp: string;

interface Finding {
  readonly check: string;
  readonly state: string;
  readonly seen: string;
}

/** What the doctor finds wrong, in a shell that is set up but for `variables`. */
async function problems(variables: Variables = {}, { cwd = home, options = ['--python', python] } = {}) {
  const lines = Object.entries(variables).map(([name, value]) =>
    value === undefined ? `unset ${name}\n` : `export ${name}='${value}'\n`,
  );
  const args = [process.execPath, FARLED, 'azureml', 'doctor', '--json', ...options];
  const examined = await run('bash', ['-euc', `${setUp}${lines.join('')}exec "$@"`, 'bash', ...args], { cwd });
  const found = JSON.parse(examined.out) as readonly Finding[];
  const wrong = found.filter(({ state }) => state === 'problem').map(({ check, seen }) => `${check}: ${seen}`);
  expect(examined.code, examined.err).toBe(wrong.length === 0 ? 0 : 1);
  return wrong;
}

/** A home as one that belongs to a server, without one. */
async function homeOf(azuremlUrl: string, authority: string): Promise<string> {
  const folder = await mkdtemp(join(home, 'home-'));
  await mkdir(join(folder, 'tls'));
  await writeFile(join(folder, 'tls', 'ca.crt'), authority);
  await writeFile(join(folder, 'server.json'), JSON.stringify({ url: 'http://127.0.0.1:1', azuremlUrl }));
  return folder;
}

describe('the doctor', () => {
  beforeAll(async () => {
    setUp = (await farled(['env'], { cwd: tmpdir() })).out;
  });

  test('finds nothing wrong in a shell that is set up', async () => {
    expect(await problems()).toEqual([]);
  });

  test('tells a person in lines, and of a shell that is not set up what to do', async () => {
    const { code, out } = await farled(['doctor', '--python', python]);
    expect(code).toBe(1);
    expect(out.split('\n').filter((line) => line.startsWith('PROBLEM'))).toEqual([
      expect.stringMatching(/^PROBLEM +shell .*ARM_CLOUD_METADATA_URL is not set/),
    ]);
    expect(out).toContain('source <(farled azureml env)');
  });

  test.each<[what: string, wrong: string, plant: () => Promise<Variables> | Variables]>([
    ['a name that Python does not resolve', 'name: farled.blob.localhost has no address', () => ({ PYTHONPATH: '' })],
    [
      'a table of another address',
      'cloud: AzureCloud is https://elsewhere',
      async () => {
        await writeFile(
          join(home, 'c.json'),
          JSON.stringify([{ name: 'AzureCloud', resourceManager: 'https://elsewhere' }]),
        );
        return { ARM_CLOUD_METADATA_URL: `file://${home}/c.json` };
      },
    ],
    [
      'a variable that leads past the server',
      'overrides: AZUREML_SERVICE_ENDPOINT: services',
      () => ({ AZUREML_SERVICE_ENDPOINT: 'https://elsewhere' }),
    ],
    ['a cloud that there is not', 'cloud: AZUREML_CURRENT_CLOUD is Mars', () => ({ AZUREML_CURRENT_CLOUD: 'Mars' })],
    [
      'a bundle that is not set',
      'authorities: REQUESTS_CA_BUNDLE is not set',
      () => ({ REQUESTS_CA_BUNDLE: undefined }),
    ],
    ['a bundle that is not there', 'nowhere.pem can', () => ({ REQUESTS_CA_BUNDLE: '/nowhere.pem' })],
    [
      'a bundle without our authority',
      "does not have the server's authority",
      async () => {
        const other = await openTls(join(home, 'other'), ['x'], systemClock);
        await writeFile(join(home, 'other.pem'), other.authority);
        return { REQUESTS_CA_BUNDLE: join(home, 'other.pem') };
      },
    ],
    [
      'a bundle without the public ones',
      'the public ones are missing',
      () => ({
        REQUESTS_CA_BUNDLE: join(server.home, 'tls', 'ca.crt'),
      }),
    ],
    [
      'a proxy in the way',
      'proxy: requests to the server go through HTTPS_PROXY',
      () => ({
        HTTPS_PROXY: 'http://127.0.0.1:9',
      }),
    ],
    [
      'a stale table of clouds',
      'cloudEndpoints.json says https://old',
      async () => {
        await mkdir(join(home, '.azure'));
        const cloud = { name: 'AzureCloud', endpoints: { resource_manager: 'https://old' } };
        await writeFile(join(home, '.azure', 'cloudEndpoints.json'), `\u{feff}${JSON.stringify({ clouds: [cloud] })}`);
        return { AZURE_CONFIG_DIR: undefined };
      },
    ],
    [
      'a stale discovery',
      'has other addresses for 1 of',
      async () => {
        const url = (await runningServer(server.home))?.azuremlUrl;
        const stale = { [`/subscriptions/x|${url}/discovery`]: { default: { api: 'https://old' } } };
        await writeFile(join(home, '.azureml', '.discovery'), JSON.stringify(stale));
        return {};
      },
    ],
    [
      'an endpoint of identities that is none',
      'token: the identity of this machine',
      async () => ({
        MSI_ENDPOINT: `${(await runningServer(server.home))?.azuremlUrl}/no/such`,
      }),
    ],
    [
      'a config.json that lacks fields',
      'lacks resource_group',
      async () => {
        await writeFile(
          join(home, '.azureml', 'config.json'),
          JSON.stringify({ subscription_id: 'a', workspace_name: 'b' }),
        );
        return {};
      },
    ],
    [
      'a workspace that there is not',
      'names nowhere, which the server does not have',
      async () => {
        const config = JSON.parse(await readFile(join(home, '.azureml', 'config.json'), 'utf8')) as object;
        await writeFile(
          join(home, '.azureml', 'config.json'),
          JSON.stringify({ ...config, workspace_name: 'nowhere' }),
        );
        return {};
      },
    ],
    [
      'no config.json',
      'workspace: no config.json here or above',
      async () => {
        await rm(join(home, '.azureml', 'config.json'));
        return {};
      },
    ],
    ['a home without a server', 'server: No Farled server runs on', () => ({ FARLED_HOME: home })],
    [
      'a server that is gone',
      "server: https://farled.blob.localhost:1 can't be reached",
      async () => ({
        FARLED_HOME: await homeOf('https://farled.blob.localhost:1', ''),
      }),
    ],
    [
      'a certificate by another authority',
      'certificate: is not by the authority',
      async () => {
        const other = await openTls(join(home, 'other'), ['x'], systemClock);
        const url = (await runningServer(server.home))?.azuremlUrl ?? '';
        return { FARLED_HOME: await homeOf(url, other.authority) };
      },
    ],
    [
      'a certificate for other names',
      'certificate: is for other names',
      async () => {
        const { port } = new URL((await runningServer(server.home))?.azuremlUrl ?? '');
        const authority = await readFile(join(server.home, 'tls', 'ca.crt'), 'utf8');
        return { FARLED_HOME: await homeOf(`https://other.blob.localhost:${port}`, authority) };
      },
    ],
  ])('finds %s', async (_what, wrong, plant) => {
    const found = await problems(await plant());
    expect(found).toContainEqual(expect.stringContaining(wrong));
  });

  test('finds a Python without azureml-core, and no Python at all', async () => {
    const bare = await problems({}, { options: ['--python', process.env['PYTHON'] ?? 'python3'] });
    expect(bare).toEqual([expect.stringContaining('azureml-core: is not installed in')]);
    const none = await problems({}, { options: ['--python', '/no/such/python'] });
    expect(none).toContainEqual(expect.stringContaining("azureml-core: /no/such/python can't be run"));
  });
});

describe('addresses', () => {
  test('the line of the hosts file is printed, and written once', async () => {
    expect((await farled(['hosts'])).out).toBe('127.0.0.1 farled.blob.localhost\n');
    const file = join(home, 'hosts');
    await writeFile(file, '127.0.0.1 localhost\n');
    const write = ['hosts', '--write', '--file', file, '--address', '127.0.0.2'];
    expect(await farled(write)).toMatchObject({ code: 2 });
    expect(await readFile(file, 'utf8')).toBe('127.0.0.1 localhost\n');
    expect((await farled([...write, '--yes'])).out).toContain('Added to');
    const written = await readFile(file, 'utf8');
    expect(written).toMatch(/\n127\.0\.0\.2 farled\.blob\.localhost\n$/);
    expect((await farled([...write, '--yes'])).out).toContain('has the line already');
    expect(await readFile(file, 'utf8')).toBe(written);
  });

  test('another port leaves nothing stale in the caches of a script that ran before', async () => {
    const line = ['run', '--', python, SCRIPT];
    const variables = { PYTHONPATH: JOURNEYS };
    expect(faults(await farled(line, { variables }))).toEqual([]);
    const before = (await runningServer(server.home))?.azuremlUrl;
    server.environment['FARLED_AZUREML_PORT'] = '0';
    await server.kill();
    await server.restart();
    expect((await runningServer(server.home))?.azuremlUrl).not.toBe(before);
    expect(faults(await farled(line, { variables }))).toEqual([]);
  });

  test('other machines reach the server over TLS, by any name of its form, and not the identity of this one', async () => {
    await using open = await startServer({ FARLED_AZUREML_HOST: '0.0.0.0', FARLED_AZUREML_NAME: 'farled.blob.svc' });
    const url = (await runningServer(open.home))?.azuremlUrl ?? '';
    expect(url).toMatch(/^https:\/\/farled\.blob\.svc:\d+$/);
    const authority = await readFile(join(open.home, 'tls', 'ca.crt'), 'utf8');
    const port = Number(new URL(url).port);
    const outside = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .find(({ internal, family }) => !internal && family === 'IPv4')?.address;
    for (const host of [outside ?? '127.0.0.1', '127.0.0.1']) {
      const answer = await askForToken({ host, port, authority, servername: 'farled.blob.svc' });
      expect(answer, host).toMatch(host === '127.0.0.1' ? /^HTTP\/1\.1 200 / : /^HTTP\/1\.1 403 /);
    }
    const { out } = await farled(['env'], { variables: { FARLED_HOME: open.home } });
    expect(out).toContain(`MSI_ENDPOINT='https://localhost:${port}/msi/token'`);
    expect(out).not.toContain('PYTHONPATH');
  });
});

describe('the proxy', () => {
  test("leads the client's own addresses of Azure to the server, and nothing else anywhere", async () => {
    await using proxied = await startServer({ FARLED_AZUREML_PROXY_PORT: '0' });
    await proxied.workspace.writeConfig({ path: home });
    const created = await run(
      process.execPath,
      [FARLED, 'identity', 'create', '-n', 'ci', '--role', 'Owner', '-o', 'json'],
      {
        variables: { FARLED_HOME: proxied.home },
      },
    );
    const { id, secret } = JSON.parse(created.out) as { id: string; secret: string };
    const variables = { FARLED_HOME: proxied.home, PYTHONPATH: JOURNEYS };
    const line = ['run', '--proxy', '--', python, join(JOURNEYS, 'connect_by_proxy.py'), id, secret];
    expect(faults(await farled(line, { variables }))).toEqual([]);
    const doctor = ['run', '--proxy', '--', process.execPath, FARLED, 'azureml', 'doctor', '--python', python];
    const examined = await farled(doctor, { variables: { FARLED_HOME: proxied.home } });
    expect(examined.out).toContain("scripts go by the server's proxy");
    expect(examined.code, examined.out).toBe(0);
  });

  test('is not there unless it is asked for', async () => {
    const { code, err } = await farled(['env', '--proxy']);
    expect(code).toBe(2);
    expect(err).toContain('FARLED_AZUREML_PROXY_PORT');
  });
});

/** The whole answer to a request for the machine's identity; the certificate must be for the name. */
async function askForToken(of: { host: string; port: number; authority: string; servername: string }): Promise<string> {
  const socket = connectTls({ host: of.host, port: of.port, servername: of.servername, ca: of.authority });
  await once(socket, 'secureConnect');
  socket.write(
    `GET /msi/token?resource=x HTTP/1.1\r\nHost: ${of.servername}\r\nMetadata: true\r\nConnection: close\r\n\r\n`,
  );
  return text(socket);
}
