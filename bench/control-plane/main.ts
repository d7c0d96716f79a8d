/**
 * What the compatible API takes: the documentation's steps by the real azureml-core, counted by the server's own clock,
 * without what is built and started meanwhile; and fifty clients that list and read at once.
 */
import { execFile } from 'node:child_process';
import { copyFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

import { runningServer } from '@farled/standalone';

import { azuremlClient, azuremlPython } from '../../e2e/harness/azureml-client.ts';
import { temporaryFolder } from '../../e2e/harness/sample.ts';
import { ROOT, startServer } from '../../e2e/harness/server.ts';
import { readers } from './clients.ts';
import { CLIENTS, print } from './report.ts';
import { answeredRequests, spentByRoute } from './server-time.ts';

const SECONDS = 10;
const THINK_MS = 200;
/** The log is written behind the answers. */
const LOG_BEHIND_MS = 500;
const SLOWEST = 8;
const EXAMPLE = join(ROOT, 'examples', 'diabetes');

await using ending = new AsyncDisposableStack();
const server = ending.use(await startServer({ FARLED_LOG_LEVEL: 'debug' }));
const client = ending.use(await azuremlClient(server));
const folder = ending.use(await temporaryFolder());
await copyFile(join(EXAMPLE, 'score.py'), join(folder.path, 'score.py'));
await promisify(execFile)(await azuremlPython(server), [join(EXAMPLE, 'train.py'), folder.path]);
await server.workspace.writeConfig({ path: folder.path });

const seed = join(ROOT, 'e2e', 'acceptance', 'seed.py');
// The first run builds the environment; the second one is counted.
await runSeed();
const before = (await answered()).length;
await runSeed();
const counted = (await answered()).slice(before);

const url = (await runningServer(server.home))?.azuremlUrl ?? '';
const ca = await readFile(join(server.home, 'tls', 'ca.crt'), 'utf8');
const { subscriptionId, resourceGroup, name } = server.workspace;
const scope = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/Microsoft.MachineLearningServices/workspaces/${name}`;
const management = `${url}/modelmanagement/v1.0${scope}`;
const loopback = { token: await ownerToken(), ca, clients: CLIENTS, seconds: SECONDS };
const urls = [
  `${management}/models?name=mymodel&count=20`,
  `${management}/models/mymodel%3A1`,
  `${management}/services?expand=true`,
  `${url}/rp/workspaces${scope}/computes`,
  `${url}${scope}`,
  `${url}/environment/v1.0${scope}/environments/`,
];

print(
  {
    seedServerSeconds: counted.reduce((sum, { ms }) => sum + ms, 0) / 1000,
    seedRequests: counted.length,
    slowestRoutes: spentByRoute(counted).slice(0, SLOWEST),
    paced: await readers({ ...loopback, urls, thinkMs: THINK_MS }),
    closed: await readers({ ...loopback, urls, thinkMs: 0 }),
  },
  process.argv.includes('--json'),
);

async function runSeed(): Promise<void> {
  const { code, err } = await client.run(seed, [folder.path]);
  if (code !== 0) {
    throw new Error(`The seed ended with ${code}: ${err.slice(-2000)}`);
  }
}

async function answered(): ReturnType<typeof answeredRequests> {
  await sleep(LOG_BEHIND_MS);
  return answeredRequests(join(server.home, 'logs', 'server.log'));
}

async function ownerToken(): Promise<string> {
  return (await readFile(join(server.home, 'owner-token'), 'utf8')).trim();
}
