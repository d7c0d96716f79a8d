import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { Agent } from 'node:http';
import { join } from 'node:path';

import { routes } from '@farled/contract';
import { Model, Webservice } from '@farled/sdk';
import { systemClock } from '@farled/service';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { startLoad } from './harness/load.ts';
import { post } from './harness/post.ts';
import { deployment, devTestCompute, inference, SCORE, temporaryFolder } from './harness/sample.ts';
import { startServer, type TestServer } from './harness/server.ts';
import { until } from './harness/until.ts';

const TOKENS = { tokenAuthEnabled: true, authEnabled: false };
const KEYS = { tokenAuthEnabled: false, authEnabled: true };

describe('a service with token authentication', () => {
  let server: TestServer;
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let service: Webservice;
  const agent = new Agent({ keepAlive: true });

  beforeAll(async () => {
    server = await startServer();
    folder = await temporaryFolder();
    await devTestCompute(server.workspace);
    service = await deploy();
  }, 180_000);

  afterAll(async () => {
    agent.destroy();
    await server?.[Symbol.asyncDispose]();
    await folder?.[Symbol.asyncDispose]();
  });

  async function deploy(): Promise<Webservice> {
    await mkdir(folder.path, { recursive: true });
    await writeFile(join(folder.path, 'model.txt'), 'one');
    const model = await Model.register(server.workspace, {
      modelPath: join(folder.path, 'model.txt'),
      modelName: 'text',
    });
    const deployed = await Model.deploy(
      server.workspace,
      'guarded',
      [model],
      await inference(folder.path, 'source', SCORE('A')),
      deployment({ tokenAuthEnabled: true, replicaMaxConcurrentRequests: 8, maxRequestWaitTime: 10_000 }),
      'myaks',
    );
    await deployed.waitForDeployment();
    return deployed;
  }

  const score = (credential: string) => post(agent, service.scoringUri, credential, '{}');
  const token = async (): Promise<string> => (await service.getToken())[0];

  /** The answer that this credential gets within two seconds of now. */
  async function untilRefused(credential: string): Promise<string> {
    let said = '';
    await until(
      'the credential is refused',
      async () => {
        const { status, text } = await score(credential);
        said = text;
        return status === 401;
      },
      2000,
    );
    return said;
  }

  test('lets in who has a token of it, and says what is wrong with everything else', async () => {
    expect(service.serialize().settings).toMatchObject({ authEnabled: false, tokenAuthEnabled: true });
    expect(await service.run('{}')).toBe('A one');
    const right = await token();
    expect(await score(right)).toEqual({ status: 200, text: '"A one"' });
    const wrong = [`${right.slice(0, -8)}AAAAAAAA`, 'a-key-of-any-kind', `${right}.`];
    expect((await Promise.all(wrong.map(score))).map(({ status }) => status)).toEqual([401, 401, 401]);
    expect((await score(wrong[0] ?? '')).text).toContain('The signature of the token for service');
    await expect(service.getKeys()).rejects.toMatchObject({
      code: 'AuthenticationKindDiffers',
      suggestion: expect.stringContaining('get-access-token'),
    });
    const { refreshAfter, expiryOn } = await service.getAccessToken();
    const hours = [refreshAfter, expiryOn].map((at) => Math.round((at.getTime() - systemClock.now()) / 3_600_000));
    expect(hours).toEqual([6, 12]);
  });

  test('changes over to keys and back under load without a lost request', async () => {
    const failures: string[] = [];
    let answered = 0;
    const stopping = new AbortController();
    const one = async (): Promise<void> => {
      const own = await Webservice.get(server.workspace, 'guarded');
      while (!stopping.signal.aborted) {
        const answer = await own.run('{}').catch((error: unknown) => String(error));
        if (answer === 'A one') {
          answered += 1;
        } else {
          failures.push(String(answer));
        }
      }
    };
    const load = Promise.all(Array.from({ length: 4 }, one));
    const before = service.serialize().deploymentStatus.replicas.map(({ id }) => id);
    const tokenOfBefore = await token();
    for (const settings of [KEYS, TOKENS, KEYS]) {
      const reached = answered + 40;
      await until('requests are answered', () => answered >= reached);
      await service.update(settings);
      await service.waitForDeployment();
    }
    const [key] = await service.getKeys();
    expect((await score(key)).status).toBe(200);
    expect((await score(tokenOfBefore)).text).toContain('The key for service');
    await expect(service.getToken()).rejects.toMatchObject({ code: 'AuthenticationKindDiffers' });
    await expect(service.update({ tokenAuthEnabled: true })).rejects.toThrow('exclude each other');
    await service.update(TOKENS);
    await service.waitForDeployment();
    expect((await score(key)).text).toContain('takes tokens, and what was sent is not one');
    const reached = answered + 40;
    await until('requests are answered', () => answered >= reached);
    stopping.abort();
    await load;
    expect(failures).toEqual([]);
    expect(service.serialize().deploymentStatus.replicas.map(({ id }) => id)).toEqual(before);
  }, 120_000);

  test('that can not change over goes on taking tokens', async () => {
    const right = await token();
    const load = startLoad({ url: service.scoringUri, key: right, connections: 2, body: '{}' });
    const script = 'def init():\n    raise KeyError("no such column")\n\ndef run(raw):\n    return 1\n';
    const broken = await inference(folder.path, 'broken', script);
    await service.update({ ...KEYS, inferenceConfig: broken });
    await expect(service.waitForDeployment()).rejects.toThrow('no such column');
    const { answers, failures } = await load.stop();
    expect(failures).toEqual([]);
    expect([...answers.keys()]).toEqual(['"A one"']);
    await expect(service.getKeys()).rejects.toMatchObject({ code: 'AuthenticationKindDiffers' });
    expect(await service.run('{}')).toBe('A one');
    await service.rollback();
    await service.waitForDeployment();
    expect(await service.run('{}')).toBe('A one');
    expect((await score(right)).status).toBe(200);
  }, 60_000);

  test('refuses what was issued before a revocation, and nothing else', async () => {
    const old = await token();
    expect((await score(old)).status).toBe(200);
    await service.revokeTokens();
    expect(await untilRefused(old)).toContain('was revoked');
    expect(await service.run('{}')).toBe('A one');
  });

  test('refuses what was signed with a key that was replaced', async () => {
    const old = await token();
    expect((await score(old)).status).toBe(200);
    await server.client.call(routes.server.replaceTokenKey, {});
    expect(await untilRefused(old)).toContain('signed with a key that is not, or no longer, in use');
    expect(await service.run('{}')).toBe('A one');
  });

  test('checks tokens while the server is away, and after it came back', async () => {
    const right = await token();
    await server.kill();
    const unseen = await score(right);
    expect([unseen, await score(right)]).toEqual(Array.from({ length: 2 }, () => ({ status: 200, text: '"A one"' })));
    expect((await score(`${right.slice(0, -8)}AAAAAAAA`)).status).toBe(401);
    await server.restart();
    expect((await score(right)).status).toBe(200);
    expect(await service.run('{}')).toBe('A one');
  }, 60_000);

  test('that comes after one of its name takes none of its tokens', async () => {
    const old = await token();
    await service.delete();
    service = await deploy();
    expect((await score(old)).text).toContain('or of an earlier one with its name');
    expect(await service.run('{}')).toBe('A one');
  }, 120_000);

  test('writes no token, and no key that signs, to a file', async () => {
    const [old, right] = [await token(), await token()];
    expect((await score(old)).status).toBe(200);
    await service.revokeTokens();
    await untilRefused(old);
    await score(`${right.slice(0, -8)}AAAAAAAA`);
    // A signature alone would do to find one.
    const marks = [...[old, right].map((one) => one.split('.')[2]?.slice(0, 40) ?? ''), '"d":"'];
    const files = await readdir(server.home, { recursive: true, withFileTypes: true });
    const texts = await Promise.all(
      files
        .filter((file) => file.isFile())
        .map(async ({ parentPath, name }) => [name, await readFile(join(parentPath, name), 'latin1')] as const),
    );
    expect(texts.find(([name]) => name === 'server.log')?.[1]).toContain('Farled is ready');
    expect(texts.filter(([, text]) => text.includes(service.serialize().id)).length).toBeGreaterThan(0);
    expect(texts.filter(([, text]) => marks.some((mark) => text.includes(mark))).map(([name]) => name)).toEqual([]);
  });
});
