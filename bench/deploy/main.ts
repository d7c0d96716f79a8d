/**
 * How long a deployment on a Kubernetes takes, beside the raw cost on the same cluster: `kubectl apply` of an equal
 * Deployment whose image is in the registry already and, as for Farled, not on the nodes yet.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { AksWebservice, CondaDependencies, Environment, InferenceConfig, Model } from '@farled/sdk';

import { attachCluster, startCluster } from '../../e2e/cluster/cluster.ts';
import { COMPUTE, startAttached } from '../../e2e/kubernetes/server.ts';
import { applyRaw, type Shape } from './raw.ts';
import { medianOf, print, type Round } from './report.ts';

const ROUNDS = 5;
const json = process.argv.includes('--json');
const tell = (line: string): void => void process.stderr.write(`${line}\n`);

await using ending = new AsyncDisposableStack();
const folder = await mkdtemp(join(tmpdir(), 'farled-bench-'));
ending.defer(() => rm(folder, { recursive: true, force: true }));
const present = await attachCluster(0);
const cluster = present ?? (await startCluster({ report: tell }));
if (present === undefined) {
  ending.defer(() => cluster.down());
}
const { server } = ending.use(await startAttached(cluster));
const { workspace } = server;
// On one node, so that it is no luck whether a pod finds the layers that another one pulled.
const [, ...others] = cluster.nodes;
await cluster.kubectl(['cordon', ...others]);
ending.defer(async () => {
  await cluster.kubectl(['uncordon', ...others]);
});

const SCORE = (mark: string): string => `
import sklearn
def init():
    pass
def run(raw):
    return '${mark}'
`;

async function inference(mark: string, environment: Environment): Promise<InferenceConfig> {
  const sourceDirectory = join(folder, mark);
  await mkdir(sourceDirectory, { recursive: true });
  await writeFile(join(sourceDirectory, 'score.py'), SCORE(mark));
  return new InferenceConfig({ entryScript: 'score.py', sourceDirectory, environment });
}

/** Another small package each time makes another environment, of which no layer was ever made. */
const SMALL = ['six==1.16.0', 'six==1.15.0', 'six==1.14.0', 'six==1.13.0', 'six==1.12.0', 'six==1.11.0'];

function freshEnvironment(round: number): Environment {
  const environment = new Environment(`sklearn-${round}`);
  environment.python.condaDependencies = CondaDependencies.create({
    pipPackages: ['scikit-learn', SMALL[round % SMALL.length] ?? ''],
  });
  return environment;
}

const settings = () => AksWebservice.deployConfiguration({ cpuCores: 0.1, memoryGb: 0.5, numReplicas: 1 });

interface Deployed {
  readonly seconds: number;
  readonly bytes: number;
  readonly shape: Shape;
}

async function timed(name: string, act: () => Promise<AksWebservice>): Promise<Deployed & { service: AksWebservice }> {
  const lines: string[] = [];
  const began = performance.now();
  const service = await act();
  await service.waitForDeployment({ showOutput: (line) => void lines.push(line) });
  const seconds = (performance.now() - began) / 1000;
  const bytes = Number(/; (\d+) bytes were sent/.exec(lines.join('\n'))?.[1] ?? Number.NaN);
  const shape = JSON.parse(await cluster.kubectl(['get', 'deployment', name, '--output=json'])) as Shape;
  return { seconds, bytes, shape, service };
}

const deploy = (name: string, config: InferenceConfig) =>
  timed(name, () => Model.deploy(workspace, name, [], config, settings(), COMPUTE));

function digestOf({ spec }: Shape): string {
  const image = spec.template.spec.containers[0]?.image ?? '';
  return image.slice(image.indexOf('@') + 1);
}

const rounds: Round[] = [];
for (let round = 0; round <= ROUNDS; round += 1) {
  const environment = freshEnvironment(round);
  const first = await deploy(`first-${round}`, await inference(`first-${round}`, environment));
  const second = await deploy(`second-${round}`, await inference(`second-${round}`, environment));
  const changed = await inference(`changed-${round}`, environment);
  const update = await timed(`second-${round}`, async () => {
    await second.service.update({ inferenceConfig: changed });
    return second.service;
  });
  for (const service of [first.service, second.service]) {
    await service.delete();
  }
  const forget = ({ shape }: Deployed): Promise<void> => cluster.forgetImage(digestOf(shape));
  const raw = async (of: Deployed): Promise<number> => {
    await forget(of);
    return applyRaw(cluster, of.shape);
  };
  // The layers that both services have are pulled by the first raw Deployment, as they were for the first service.
  await Promise.all([first, second, update].map(forget));
  const measured = {
    first: first.seconds,
    rawFirst: await raw(first),
    second: second.seconds,
    rawSecond: await raw(second),
    update: update.seconds,
    rawUpdate: await applyRaw(cluster, second.shape, { next: update.shape, forget: () => forget(update) }),
    updateBytes: update.bytes,
  };
  tell(JSON.stringify(measured));
  if (round > 0) {
    // The first one pulls what every image has: base, Node, runtime.
    rounds.push(measured);
  }
}
print(medianOf(rounds), { rounds: ROUNDS, json });
