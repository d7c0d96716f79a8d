import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { routes } from '@farled/contract';
import { Model, type Workspace, Workspace as Workspaces } from '@farled/sdk';
import { runningServer } from '@farled/standalone';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import {
  azuremlClient,
  type AzuremlClient,
  azuremlPython,
  checksIn,
  faults,
  JOURNEYS,
} from '../harness/azureml-client.ts';
import { startBrowser } from '../harness/browser.ts';
import { deployment, devTestCompute, inference, SCORE, temporaryFolder } from '../harness/sample.ts';
import { startServer, type TestServer } from '../harness/server.ts';
import { until } from '../harness/until.ts';

const PASSWORD = 'correct horse battery';
const SCOPE =
  '/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/e2e/providers/Microsoft.MachineLearningServices/workspaces/test';

let server: TestServer;
let client: AzuremlClient;
let browser: Browser;

beforeAll(async () => {
  server = await startServer();
  client = await azuremlClient(server);
  browser = await startBrowser();
  await Workspaces.create({ client: server.client, name: 'other', resourceGroup: 'e2e' });
  await deployScored(server.workspace);
}, 600_000);

afterAll(async () => {
  await browser?.close();
  await client?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});

async function deployScored(workspace: Workspace): Promise<void> {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'model.txt');
  await writeFile(path, 'one');
  const model = await Model.register(workspace, { modelPath: path, modelName: 'scored' });
  const target = await devTestCompute(workspace);
  const code = await inference(folder.path, 'code', SCORE('scored'));
  const service = await Model.deploy(workspace, 'scored', [model], code, deployment(), target);
  await service.waitForDeployment();
}

type Role = 'Owner' | 'Contributor' | 'Reader' | 'Scorer';

/** Variables of a new service principal, for a script that is nothing else. */
async function principal(name: string, role: Role, scope = '/'): Promise<Record<string, string>> {
  const { id, tenantId, secret } = await server.client.call(routes.identities.create, { body: { name, role, scope } });
  return {
    AZUREML_SERVICE_PRINCIPAL_TENANT_ID: tenantId,
    AZUREML_SERVICE_PRINCIPAL_ID: id,
    AZUREML_SERVICE_PRINCIPAL_PASSWORD: secret ?? '',
  };
}

interface Started {
  readonly child: ChildProcess;
  readonly said: () => string;
  readonly journey: Promise<Parameters<typeof faults>[0]>;
}

/** The journey in that mode; the machine's identity is not there unless said. */
async function start(mode: string, variables: Record<string, string | undefined> = {}): Promise<Started> {
  const python = await azuremlPython(server);
  const child = spawn(python, [join(JOURNEYS, 'identity.py'), mode], {
    cwd: client.home,
    env: { ...client.environment, MSI_ENDPOINT: undefined, ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
    signal: AbortSignal.timeout(90_000),
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk) => (out += chunk));
  child.stderr.on('data', (chunk) => (err += chunk));
  const ended = once(child, 'close').then(([code]) => ({
    code: code as number | null,
    out,
    err,
    checks: checksIn(out),
  }));
  return { child, said: () => out + err, journey: ended };
}

const run = async (mode: string, variables: Record<string, string | undefined> = {}) =>
  faults(await (await start(mode, variables)).journey);

test('a service principal is taken by each class that takes one', async () => {
  expect(await run('service_principal', await principal('pipeline', 'Contributor'))).toEqual([]);
}, 300_000);

test('a Reader of the workspace looks, a Scorer scores, and both are told what they lack', async () => {
  expect(await run('reader', await principal('reader', 'Reader', SCOPE))).toEqual([]);
  expect(await run('scorer', await principal('scorer', 'Scorer', SCOPE))).toEqual([]);
}, 300_000);

test('whose role is revoked, and who is deleted, is out at once', async () => {
  const token = (await readFile(join(server.home, 'owner-token'), 'utf8')).trim();
  const owner = { OWNER_URL: `${server.client.url}/farled/v1`, OWNER_TOKEN: token };
  expect(await run('deleted', { ...(await principal('leaver', 'Reader')), ...owner })).toEqual([]);
}, 300_000);

describe('on the machine of the server', () => {
  const endpoint = () => ({ MSI_ENDPOINT: client.environment['MSI_ENDPOINT'] });

  test('scripts are its owner', async () => {
    expect(await run('machine', endpoint())).toEqual([]);
  }, 300_000);

  test('scripts are the service principal whose key they have', async () => {
    const { AZUREML_SERVICE_PRINCIPAL_ID: id, AZUREML_SERVICE_PRINCIPAL_PASSWORD: secret } = await principal(
      'app',
      'Reader',
    );
    const form = { ...endpoint(), APPSETTING_WEBSITE_SITE_NAME: 'app', EXPECTED_ID: id };
    expect(await run('machine_by_secret', { ...form, MSI_SECRET: `${id}:${secret}` })).toEqual([]);
    expect(await run('machine_by_wrong_secret', { ...form, MSI_SECRET: `${id}:wrong` })).toEqual([]);
    const { MSI_ENDPOINT } = endpoint();
    const keyed = { MSI_ENDPOINT: `${MSI_ENDPOINT}?key=${id}:${secret}`, EXPECTED_ID: id };
    expect(await run('machine_by_secret', keyed)).toEqual([]);
  }, 300_000);

  test('a script that names another tenant is who its variables say', async () => {
    const variables = { ...endpoint(), ...(await principal('of-a-tenant', 'Reader')) };
    expect(await run('machine_of_another_tenant', variables)).toEqual([]);
  }, 300_000);
});

describe('a person who logs in', () => {
  let user: string;
  beforeAll(async () => {
    const body = { name: 'ada', kind: 'user', role: 'Reader', password: PASSWORD } as const;
    ({ id: user } = await server.client.call(routes.identities.create, { body }));
  });

  const open = async (): Promise<Page> => (await browser.newContext({ ignoreHTTPSErrors: true })).newPage();
  const enter = async (page: Page, password: string): Promise<void> => {
    await page.getByLabel('Name').fill('ada');
    await page.getByLabel('Password').fill(password);
    await page.keyboard.press('Enter');
  };
  /** Logins of their own, and no browser but the one that is said. */
  const person = async (name: string) => {
    const folder = join(client.home, name);
    const [bin, logins, azure] = ['bin', 'logins', 'azure'].map((part) => join(folder, part)) as [
      string,
      string,
      string,
    ];
    for (const one of [bin, logins, azure]) {
      await mkdir(one, { recursive: true, mode: 0o700 });
    }
    return { bin, PATH: bin, AZUREML_AUTH_CONFIG_DIR: logins, AZURE_CONFIG_DIR: azure, EXPECTED_ID: user };
  };

  test('enters the code of a script in a browser, and needs no login again', async () => {
    const { bin: _, ...variables } = await person('device');
    const { said, journey } = await start('login', variables);
    const WHERE = /open the page (\S+) in a browser and enter the code ([A-Z]{4}-[A-Z]{4})/;
    await until('the script says where to log in', () => WHERE.test(said()));
    const [, url = '', code = ''] = WHERE.exec(said()) ?? [];
    const page = await open();
    await page.goto(url);
    await page.getByLabel('Code').fill('BBBB-BBBB');
    await page.keyboard.press('Enter');
    expect(await page.getByRole('alert').textContent()).toContain('There is no such code');
    await page.getByLabel('Code').fill(code.toLowerCase());
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Yes, go on' }).click();
    await enter(page, 'wrong');
    expect(await page.getByRole('alert').textContent()).toBe('Name or password is wrong.');
    expect(await page.getByLabel('Name').inputValue()).toBe('ada');
    await enter(page, PASSWORD);
    await page.getByRole('heading', { name: 'You are logged in' }).waitFor();
    await page.context().close();
    expect(faults(await journey)).toEqual([]);
    expect(await run('login_again', variables)).toEqual([]);
    await server.kill();
    await server.restart();
    expect(await run('login_refreshed', variables)).toEqual([]);
    expect(await run('login_again', variables)).toEqual([]);
  }, 400_000);

  test('logs in where the script opens a browser', async () => {
    const { bin, ...variables } = await person('browser');
    const opened = join(bin, 'opened');
    await writeFile(
      join(bin, 'chromium'),
      `#!/bin/sh\nfor last; do :; done\necho "$last" > '${opened}.new'\n/bin/mv '${opened}.new' '${opened}'\n`,
    );
    await chmod(join(bin, 'chromium'), 0o755);
    const { journey } = await start('login', { ...variables, DISPLAY: ':0' });
    await until('the script opens a browser', () => existsSync(opened));
    const url = (await readFile(opened, 'utf8')).trim();
    const page = await open();
    await page.goto(url);
    await enter(page, PASSWORD);
    await page.getByText('Authentication complete').or(page.getByText('You have logged in')).first().waitFor();
    expect(new URL(page.url()).hostname).toBe('localhost');
    await page.context().close();
    expect(faults(await journey)).toEqual([]);
  }, 300_000);

  test.each([
    ['a narrow screen, in the dark', { width: 320, height: 480 }, 'dark'],
    ['a wide one, in the light', { width: 1600, height: 900 }, 'light'],
  ] as const)(
    'finds the page readable on %s, and its keyboard enough',
    async (_name, viewport, colorScheme) => {
      const { azuremlUrl = '' } = (await runningServer(server.home)) ?? {};
      const asked = new URLSearchParams({
        client_id: '04b07795-8ddb-461a-bbee-02f9e1bf7b46',
        response_type: 'code',
        redirect_uri: 'http://localhost:8400',
        scope: 'openid',
        code_challenge: 'c'.repeat(43),
        code_challenge_method: 'S256',
      });
      const context = await browser.newContext({ ignoreHTTPSErrors: true, viewport, colorScheme });
      const page = await context.newPage();
      const elsewhere: string[] = [];
      page.on('request', (request) => {
        if (!request.url().startsWith(azuremlUrl)) {
          elsewhere.push(request.url());
        }
      });
      await page.goto(`${azuremlUrl}/adfs/any/oauth2/authorize?${asked.toString()}`);
      const sizes = await page.evaluate<number[]>('[document.documentElement.scrollWidth, innerWidth]');
      expect(sizes[0]).toBeLessThanOrEqual(sizes[1] ?? 0);
      expect(await page.locator(':focus').getAttribute('name')).toBe('name');
      const reached: (string | null)[] = [];
      for (const _step of [1, 2, 3]) {
        await page.keyboard.press('Tab');
        reached.push(
          await page.locator(':focus').evaluate((element) => element.textContent || element.getAttribute('name')),
        );
      }
      expect(reached).toEqual(['password', 'Log in', 'Cancel']);
      const color = await page.evaluate('getComputedStyle(document.body).color');
      expect(color === 'rgb(232, 236, 241)').toBe(colorScheme === 'dark');
      expect(elsewhere).toEqual([]);
      await context.close();
    },
    60_000,
  );
});
