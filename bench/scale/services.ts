import { mkdir, writeFile } from 'node:fs/promises';

import { routes, type Service } from '@farled/contract';
/** Many services of one entry script and one environment, made as anybody makes them. */
import { AksWebservice, CondaDependencies, Environment, InferenceConfig, Model, type Workspace } from '@farled/sdk';

export const REPLICAS = 3;
/** Requests that are under way at a time: as many people deploy at once. */
const AT_ONCE = 16;
const PAGE = 1000;

export const nameOf = (index: number): string => `service-${index}`;

export async function deployMany(
  workspace: Workspace,
  {
    folder,
    compute,
    count,
    deployed,
  }: {
    readonly folder: string;
    readonly compute: string;
    readonly count: number;
    readonly deployed: (services: number) => void;
  },
): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(`${folder}/score.py`, "def init():\n    pass\n\n\ndef run(raw):\n    return 'scale'\n");
  const environment = new Environment('scale');
  environment.python.condaDependencies = CondaDependencies.create({});
  const inference = new InferenceConfig({ entryScript: 'score.py', sourceDirectory: folder, environment });
  const settings = AksWebservice.deployConfiguration({ cpuCores: 0.1, memoryGb: 0.5, numReplicas: REPLICAS });
  let next = 0;
  const work = async (): Promise<void> => {
    for (let index = (next += 1); index <= count; index = next += 1) {
      await Model.deploy(workspace, nameOf(index), [], inference, settings, compute);
      if (index % 100 === 0) {
        deployed(index);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

export async function readAll({ client, path: params }: Workspace): Promise<readonly Service[]> {
  const services: Service[] = [];
  let skipToken: string | undefined;
  do {
    const page = await client.call(routes.services.list, { params, query: { count: PAGE, skipToken } });
    services.push(...page.value);
    ({ skipToken } = page);
  } while (skipToken !== undefined);
  return services;
}

export async function countHealthy(workspace: Workspace): Promise<number> {
  return (await readAll(workspace)).filter(
    ({ state, deploymentStatus }) => state === 'Healthy' && deploymentStatus.availableReplicas >= REPLICAS,
  ).length;
}
