/** The documentation's own steps, by the unmodified azureml-core, in every way that a script may come. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { routes } from '@farled/contract';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { azuremlPython, FARLED } from '../harness/azureml-client.ts';
import { startBrowser } from '../harness/browser.ts';
import { ROOT, startServer, type TestServer } from '../harness/server.ts';
import { until } from '../harness/until.ts';

const EXAMPLE = join(ROOT, 'examples', 'diabetes');
const SEED = join(ROOT, 'e2e', 'acceptance', 'seed.py');
const PASSWORD = 'correct horse battery';
/** Several deployments, each of which the client asks about every five seconds. */
const LONGEST_MS = 560_000;
const WORKED = 'seed: every step worked';

describe('the seed, as it is', () => {
  let server: TestServer;
  let python: string;
  let folder: string;

  beforeAll(async () => {
    server = await startServer({ FARLED_AZUREML_PROXY_PORT: '0' });
    python = await azuremlPython(server);
    folder = await mkdtemp(join(tmpdir(), 'farled-seed-'));
    const work = join(folder, 'work');
    await mkdir(work);
    await copyFile(join(EXAMPLE, 'score.py'), join(work, 'score.py'));
    await promisify(execFile)(python, [join(EXAMPLE, 'train.py'), work]);
    await server.workspace.writeConfig({ path: work });
  }, 600_000);

  afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  /** @param person whose home it is: its caches stay from run to run. */
  async function start(person: string, options: readonly string[] = [], variables: Record<string, string> = {}) {
    const home = join(folder, person);
    const bin = join(home, 'bin');
    // Nothing to open a browser with.
    await mkdir(bin, { recursive: true });
    const line = [FARLED, 'azureml', 'run', ...options, '--', python, SEED, join(folder, 'work')];
    const child = spawn(process.execPath, line, {
      env: { PATH: bin, HOME: home, FARLED_HOME: server.home, ...variables },
      stdio: ['ignore', 'pipe', 'pipe'],
      signal: AbortSignal.timeout(LONGEST_MS),
    });
    let said = '';
    child.stdout.on('data', (chunk) => (said += chunk));
    child.stderr.on('data', (chunk) => (said += chunk));
    const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, said }));
    return { said: () => said, ended };
  }

  async function seed(...how: Parameters<typeof start>): Promise<void> {
    const { code, said } = await (await start(...how)).ended;
    expect(said).toContain(WORKED);
    expect(code).toBe(0);
  }

  test('runs from a clean home, and again over what the first run left in it', async () => {
    await seed('owner');
    expect(await readdir(join(folder, 'owner', '.azureml'))).toContain('.discovery');
    await seed('owner');
  }, 1_200_000);

  test('runs as a service principal', async () => {
    const { id, secret } = await server.client.call(routes.identities.create, {
      body: { name: 'pipeline', role: 'Contributor' },
    });
    const variables = { AZUREML_SERVICE_PRINCIPAL_ID: id, AZUREML_SERVICE_PRINCIPAL_PASSWORD: secret ?? '' };
    await seed('pipeline', ['--identity', 'service-principal'], variables);
  }, 600_000);

  test('runs by the proxy, with the addresses that the client has for Azure', async () => {
    await seed('proxied', ['--proxy']);
  }, 600_000);

  test('runs as a person who enters the code of the script in a browser', async () => {
    await server.client.call(routes.identities.create, {
      body: { name: 'ada', kind: 'user', role: 'Contributor', password: PASSWORD },
    });
    const { said, ended } = await start('ada', ['--identity', 'login']);
    const WHERE = /open the page (\S+) in a browser and enter the code ([A-Z]{4}-[A-Z]{4})/;
    await until('the script says where to log in', () => WHERE.test(said()));
    const [, url = '', code = ''] = WHERE.exec(said()) ?? [];
    await using browser = await startBrowser();
    const page = await browser.newPage({ ignoreHTTPSErrors: true });
    await page.goto(url);
    await page.getByLabel('Code').fill(code);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Yes, go on' }).click();
    await page.getByLabel('Name').fill('ada');
    await page.getByLabel('Password').fill(PASSWORD);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'You are logged in' }).waitFor();
    expect((await ended).said).toContain(WORKED);
  }, 600_000);
});
