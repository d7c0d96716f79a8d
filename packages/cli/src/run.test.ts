import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { FarledError } from '@farled/contract';
import { startTestServer, type TestServer } from '@farled/sdk/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { run, type RunParts } from './run.ts';

interface Outcome {
  readonly code: number;
  readonly output: string;
  readonly error: string;
}

let server: TestServer;
let folder: string;

beforeEach(async () => {
  server = await startTestServer();
  folder = await mkdtemp(join(tmpdir(), 'farled-cli-'));
});
afterEach(async () => {
  await server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

/** One run, with what it wrote. */
async function farled(given: readonly string[], changes: Partial<RunParts> = {}): Promise<Outcome> {
  const output: string[] = [];
  const error: string[] = [];
  const screen = (lines: string[]) => ({
    write: (text: string) => void lines.push(text),
    terminal: false,
    colors: false,
    columns: 100,
  });
  const code = await run(given, {
    folder,
    variables: { FARLED_URL: server.url, FARLED_TOKEN: server.token, FARLED_HOME: folder },
    version: '1.2.3',
    output: screen(output),
    error: screen(error),
    print: (text) => Promise.resolve(output.push(text) > 0),
    confirm: () => Promise.resolve(false),
    askSecret: () => Promise.resolve('a long password'),
    readInput: () => Promise.resolve(''),
    execute: () => Promise.resolve({ exitCode: 0 }),
    signal: new AbortController().signal,
    ...changes,
  });
  return { code, output: output.join(''), error: error.join('') };
}

/** A line as in the documentation, without values that hold spaces. */
async function line(text: string): Promise<Outcome> {
  const outcome = await farled(text.split(' '));
  expect(outcome, text).toMatchObject({ code: 0 });
  return outcome;
}

async function json(text: string): Promise<unknown> {
  return JSON.parse((await line(text)).output) as unknown;
}

const INFERENCE = {
  entryScript: 'score.py',
  environment: {
    name: 'myenv',
    python: { condaDependencies: { dependencies: ['python=3.11', { pip: ['joblib', 'azureml-defaults'] }] } },
  },
};

/** The files of the documentation, and a workspace that the folder is attached to. */
async function prepare(): Promise<void> {
  await writeFile(join(folder, 'model.pkl'), 'weights');
  await writeFile(join(folder, 'score.py'), 'def init(): pass\ndef run(raw): return raw\n');
  await writeFile(join(folder, 'inferenceconfig.json'), JSON.stringify(INFERENCE));
  await writeFile(
    join(folder, 'deploymentconfig.json'),
    JSON.stringify({ computeType: 'aks', containerResourceRequirements: { cpu: 0.5, memoryInGB: 1 } }),
  );
  await line('workspace create -w harbour -g shipping');
  await line('folder attach -w harbour -g shipping');
}

const DEPLOY = 'model deploy -ct myaks -m mymodel:1 -n myservice -ic inferenceconfig.json -dc deploymentconfig.json';

async function deploy(): Promise<void> {
  await prepare();
  await line('model register -n mymodel -p model.pkl');
  await line('computetarget create aks -n myaks --cluster-purpose DevTest -a 1');
  await line(DEPLOY);
}

describe('the lines of the documentation', () => {
  test('from a file to a service that answers, and away again', async () => {
    await deploy();
    expect(await line('service show -n myservice --query state -o tsv')).toMatchObject({ output: 'Healthy\n' });
    const scored = await farled(['service', 'run', '-n', 'myservice', '-d', '{"data": [[1, 2]]}']);
    expect(scored).toMatchObject({ code: 0, output: '[\n  42\n]\n' });
    expect(await json('service get-keys -n myservice')).toMatchObject({ primaryKey: expect.any(String) as string });
    expect((await line('service get-logs -n myservice')).output).toContain('init() called');
    expect((await line('service get-decisions -n myservice -o table')).output).toMatch(/1 -> 2 .*myservice has load/);
    expect((await line('service get-logs -n myservice -l 7 --follow')).output).toBe('myservice: 7 lines\nready\n');
    await line('service update -n myservice --add-tag release=2');
    expect(await json('service show -n myservice --query tags')).toEqual({ release: '2' });
    await line('service delete -n myservice');
    await line('computetarget detach -n myaks');
    expect(await json('service list')).toEqual([]);
    expect(await json('computetarget list')).toEqual([]);
  });

  test('a service with tokens: take one, score, revoke, and change back to keys', async () => {
    await deploy();
    await line(`${DEPLOY} --overwrite --token-auth-enabled true`);
    expect(await json('service run -n myservice -d [1]')).toEqual([42]);
    const issued = await json('service get-access-token -n myservice');
    expect(Object.keys(issued as object)).toEqual(['accessToken', 'tokenType', 'refreshAfter', 'expiryOn']);
    const token = await line('service get-access-token -n myservice --query accessToken -o tsv');
    expect(token.output).toBe(`${server.state.tokens.get('myservice')}\n`);
    const keys = await farled(['service', 'get-keys', '-n', 'myservice']);
    expect(keys.code).not.toBe(0);
    expect(keys.error).toContain('takes no keys');
    expect((await line('service revoke-tokens -n myservice')).output).toBe('');
    expect(server.state.tokens.has('myservice')).toBe(false);
    await line('service get-access-token -n myservice');
    await line('service revoke-tokens --all');
    expect(server.state.tokens.size).toBe(0);
    for (const unclear of [[], ['--all', '-n', 'myservice']]) {
      const refused = await farled(['service', 'revoke-tokens', ...unclear]);
      expect(refused.error).toContain('Name one service (-n), or all of them (--all).');
    }
    await line('service update -n myservice --ae true --token-auth-enabled false');
    expect(await json('service run -n myservice -d [1]')).toEqual([42]);
  });

  test('what a deployment says: options go before the document', async () => {
    await deploy();
    await line(`${DEPLOY} --overwrite --nr 2 -cc 0.25 -ae false --tag a=1 --tag b=2 --no-wait`);
    expect(await json('service show -n myservice')).toMatchObject({
      settings: {
        numReplicas: 2,
        authEnabled: false,
        autoScaler: { autoscaleEnabled: false },
        containerResourceRequirements: { cpu: 0.25, memoryInGB: 1 },
      },
      tags: { a: '1', b: '2' },
    });
  });

  test('an update may say it in a document, too', async () => {
    await deploy();
    await writeFile(join(folder, 'dc.yml'), 'computeType: aks\nscoringTimeoutMs: 5000\nnumReplicas: 3\n');
    await line('service update -n myservice -dc dc.yml --nr 4');
    expect(await json('service show -n myservice --query settings')).toMatchObject({
      scoringTimeoutMs: 5000,
      numReplicas: 4,
      containerResourceRequirements: { cpu: 0.5 },
    });
  });

  test('a rollback goes back, and once more forward', async () => {
    await deploy();
    await line('service update -n myservice --nr 4');
    await line('service rollback -n myservice');
    expect(await json('service show -n myservice --query settings.numReplicas')).not.toBe(4);
    await line('service rollback -n myservice --no-wait');
    expect(await json('service show -n myservice --query settings.numReplicas')).toBe(4);
  });

  test('a package is an image, or a Dockerfile with all that it copies', async () => {
    await prepare();
    await line('model register -n mymodel -p model.pkl');
    const image = await json('model package -m mymodel -ic inferenceconfig.json --image-name fraud -il v3');
    expect(image).toMatchObject({ form: 'image', location: 'registry.example/farled/fraud:v3' });
    expect(await json('model package -m mymodel -ic inferenceconfig.json --output-path context')).toMatchObject({
      form: 'dockerfile',
      location: null,
    });
    expect(await readFile(join(folder, 'context/source/score.py'), 'utf8')).toContain('init');
  });

  test('metadata files chain register to deploy', async () => {
    await prepare();
    await line('computetarget create aks -n myaks');
    await line('model register -n mymodel -p model.pkl -t model.json');
    expect(JSON.parse(await readFile(join(folder, 'model.json'), 'utf8'))).toMatchObject({ modelId: 'mymodel:1' });
    await line('model deploy -n myservice -f model.json -ic inferenceconfig.json');
    expect(await json('service show -n myservice --query models')).toEqual(['mymodel:1']);
  });

  test('without an inference config the options name script and environment', async () => {
    await prepare();
    await line('computetarget create aks -n myaks');
    await line('model register -n mymodel -p model.pkl');
    await writeFile(join(folder, 'conda.yml'), 'dependencies:\n- python=3.11\n- pip:\n  - joblib\n');
    await line('model deploy -n one -m mymodel -es score.py -cf conda.yml');
    await line('environment scaffold -n myenv -d env');
    expect(await json('environment register -d env')).toMatchObject({ name: 'myenv', version: '1' });
    expect(await json('environment label -n myenv -v 1 --label stable')).toMatchObject({ version: '1' });
    expect(await json('environment show -n myenv --label stable')).toMatchObject({ version: '1' });
    expect(await json('environment build -n myenv')).toMatchObject({ name: 'myenv', version: '1' });
    await line('model deploy -n two -m mymodel:1 -es score.py -e myenv');
    await line('model deploy -n three -m mymodel:1 -es score.py -ed env');
    expect(await json('service list --query [].name|sort(@)')).toEqual(['one', 'three', 'two']);
  });
});

describe('models', () => {
  test('are registered, listed, changed, downloaded and deleted', async () => {
    await prepare();
    await line('model register -n mymodel -p model.pkl --tag stage=test --cc 0.5 --gb 1 --model-framework scikitlearn');
    await line('model register -n mymodel -p model.pkl');
    expect(await json('model list --query [].id')).toEqual(['mymodel:2', 'mymodel:1']);
    expect(await json('model list -n mymodel -l --query [].id')).toEqual(['mymodel:2']);
    expect(await json('model list --tag stage=test --query [].id')).toEqual(['mymodel:1']);
    expect(await json('model show -n mymodel --query version')).toBe(2);
    expect(await json('model show -n mymodel --version 1 --query resourceRequirements')).toMatchObject({ cpu: 0.5 });
    await line('model update -i mymodel:1 --add-tag stage=production --remove-tag none');
    expect(await json('model show -i mymodel:1 --query tags')).toEqual({ stage: 'production' });
    await line('model download -i mymodel:1 -t back');
    expect(await readFile(join(folder, 'back', 'model.pkl'), 'utf8')).toBe('weights');
    await line('model delete -i mymodel:1');
    expect(await farled(['model', 'show', '-i', 'mymodel:1'])).toMatchObject({ code: 1, output: '' });
  });

  test('an id without a version is refused, not taken for the newest', async () => {
    await prepare();
    await line('model register -n mymodel -p model.pkl');
    const refused = await farled(['model', 'delete', '-i', 'mymodel']);
    expect(refused).toMatchObject({ code: 2, error: expect.stringContaining('must be name:version') as string });
    expect(server.state.models.size).toBe(1);
  });
});

describe('clusters and compute targets', () => {
  test('a known cluster is attached by name and by id, and stays known', async () => {
    await prepare();
    await line('cluster add -g shipping -n mycluster --local -a 3 -s Standard_D3_v2');
    const id = String(await json('cluster show -g shipping -n mycluster --query resourceId'));
    await line(`computetarget attach aks -n byid -i ${id}`);
    await line('computetarget detach -n byid');
    await line('computetarget attach aks -n byname --cluster-name mycluster');
    expect(await json('computetarget show -n byname --query resourceId')).toBe(id);
    expect((await line('computetarget get-credentials -n byname --query kubeconfig -o tsv')).output).toBe('# byname\n');
    await line('computetarget delete -n byname');
    expect(await json('cluster list --query length(@)')).toBe(1);
    await line('cluster remove -g shipping -n mycluster');
    expect(await json('cluster list')).toEqual([]);
  });

  test.each<[given: string, error: string]>([
    ['cluster add -g rg -n c --kubeconfig k', 'does not exist'],
    ['cluster add -g rg -n c', 'Add --local'],
    ['cluster add -g rg -n c --local --in-cluster', 'said twice'],
    ['cluster add -g rg -n c --in-cluster -a 3', 'says itself how many nodes'],
    ['cluster add -g rg -n c --in-cluster --kubeconfig k', 'Leave one of them out'],
    ['cluster add -g rg -n c --context x', 'none is named'],
    ['computetarget attach kubernetes -n a', 'Add --kubeconfig FILE or --in-cluster'],
    ['computetarget attach kubernetes -n a --in-cluster --service-type Ingress', 'LoadBalancer, NodePort, ClusterIP'],
    ['computetarget attach aks -n a', 'exactly one of them'],
    ['computetarget create aks -n a --ssl-cname x', 'The option --ssl-cname is not supported yet'],
    ['computetarget update aks -n a --ssl-disable', '`farled computetarget update aks` is not supported yet'],
  ])('%s is refused', async (given, error) => {
    expect(await farled(given.split(' '))).toEqual({
      code: 2,
      output: '',
      error: expect.stringContaining(error) as string,
    });
  });
});

describe('a Kubernetes', () => {
  const KUBECONFIG = `
apiVersion: v1
current-context: other
contexts:
- { name: other, context: { cluster: other, user: other } }
- { name: admin, context: { cluster: kube, user: admin, namespace: models } }
clusters:
- { name: other, cluster: { server: 'https://other' } }
- { name: kube, cluster: { server: 'https://kube', certificate-authority: certificates/ca.crt } }
users:
- { name: other, user: { token: other-secret } }
- { name: admin, user: { client-certificate: certificates/admin.crt, client-key: certificates/admin.key } }
`;
  const sent = (operationId: string): string =>
    JSON.stringify(server.seen.filter((one) => one.operationId === operationId).map(({ body }) => body));
  const base64 = (text: string): string => Buffer.from(text).toString('base64');

  beforeEach(async () => {
    await prepare();
    await mkdir(join(folder, 'kube', 'certificates'), { recursive: true });
    await writeFile(join(folder, 'kube', 'config'), KUBECONFIG);
    for (const name of ['ca.crt', 'admin.crt', 'admin.key']) {
      await writeFile(join(folder, 'kube', 'certificates', name), `text of ${name}`);
    }
  });

  test('becomes known by a kubeconfig, whose files go with it and whose other contexts do not', async () => {
    const added = await line('cluster add -g shipping -n mycluster --kubeconfig kube/config --context admin -o table');
    expect(added.output).toMatch(/Nodes.*Server.*Version[^]*2 +https:\/\/kube.exa.*v1.34.4/);
    const body = sent('addCluster');
    for (const name of ['ca.crt', 'admin.crt', 'admin.key']) {
      expect(body).toContain(base64(`text of ${name}`));
    }
    expect(body).not.toMatch(/other|certificates\//);
    expect(await json('cluster show -g shipping -n mycluster --query kubernetes.context')).toBe('admin');
    await line('cluster add -g shipping -n mycluster --kubeconfig kube/config --context admin');
    expect(await json('cluster list --query length(@)')).toBe(1);
    await line('computetarget attach aks -n myaks --cluster-name mycluster');
  });

  test('may be named on standard input, with paths from here', async () => {
    await writeFile(join(folder, 'ca.crt'), 'authority');
    const readInput = () =>
      Promise.resolve(KUBECONFIG.replace('certificates/ca.crt', 'ca.crt').replaceAll('client-', 'x-'));
    const given = 'computetarget attach kubernetes -n mykube --kubeconfig - --context admin'.split(' ');
    expect(await farled(given, { readInput })).toMatchObject({ code: 0 });
    expect(sent('putCompute')).toContain(base64('authority'));
  });

  test('is attached as it is asked for', async () => {
    await line(
      'computetarget attach kubernetes -n mykube --kubeconfig kube/config --context admin --namespace models --cluster-purpose DevTest --service-type nodeport --node-selector pool=gpu --node-selector a=b --toleration sku=gpu:NoSchedule --runtime-class kata --accelerator-resource xilinx.com/fpga-u250 --no-wait',
    );
    await line('computetarget attach kubernetes -n own --in-cluster');
    expect(await json('computetarget show -n mykube')).toMatchObject({
      clusterKind: 'kubernetes',
      clusterPurpose: 'DevTest',
      serviceType: 'NodePort',
      namespace: 'models',
      placement: {
        nodeSelector: { pool: 'gpu', a: 'b' },
        tolerations: [{ key: 'sku', operator: 'Equal', value: 'gpu', effect: 'NoSchedule' }],
        runtimeClassName: 'kata',
        acceleratorResource: 'xilinx.com/fpga-u250',
      },
    });
    expect(sent('putCompute')).toContain('"kubernetes":{"inCluster":true}');
    await line(
      'computetarget attach aks -n mine -i /subscriptions/s/resourcegroups/g/providers/Microsoft.ContainerService/managedClusters/c --load-balancer-type InternalLoadBalancer --load-balancer-subnet apps',
    );
    expect(await json('computetarget show -n mine --query loadBalancerSubnet')).toBe('apps');
  });

  test('has what attaching puts into it printed, as text', async () => {
    const printed = await line('kubernetes manifests -n mykube --service-type ClusterIP --image router:1');
    expect(printed.output).toBe('# mykube {"serviceType":"ClusterIP","image":"router:1"}\nkind: Namespace\n');
  });

  test.each<[given: string, error: string]>([
    ['--kubeconfig kube/config --context nobody', 'Name one of its contexts: other, admin'],
    ['--kubeconfig model.pkl', 'is not a kubeconfig'],
    ['--kubeconfig broken', 'is not YAML'],
    ['--kubeconfig moved --context admin', '"certificates/ca.crt" does not exist'],
    ['--kubeconfig kube', 'is a folder'],
  ])('named by %s is refused, and nothing of the file is shown', async (given, error) => {
    await writeFile(join(folder, 'broken'), 'users: [{ token: "hunter2\n}');
    await writeFile(join(folder, 'moved'), KUBECONFIG);
    const outcome = await farled(['cluster', 'add', '-g', 'rg', '-n', 'c', '--debug', ...given.split(' ')]);
    expect(outcome).toMatchObject({ code: 2, output: '', error: expect.stringContaining(error) as string });
    expect(outcome.error).not.toMatch(/hunter2|secret/);
    expect(sent('addCluster')).toBe('[]');
  });
});

describe('the workspace of a command', () => {
  test('is the only one there is, the one of the folder, or the one that is named', async () => {
    await line('workspace create -w one -g rg');
    expect(await json('workspace show --query name')).toBe('one');
    await line('workspace create -w two -g rg');
    const unnamed = await farled(['workspace', 'show']);
    expect(unnamed).toMatchObject({ code: 2, error: expect.stringContaining('one (resource group rg)') as string });
    expect(await json('workspace show -w ONE --query name')).toBe('one');
    await line('folder attach -w two -g rg');
    expect(await json('workspace show --query name')).toBe('two');
    await mkdir(join(folder, 'deep', 'er'), { recursive: true });
    const below = await farled(['workspace', 'show', '--query', 'name'], { folder: join(folder, 'deep', 'er') });
    expect(below.output).toBe('"two"\n');
    expect(await json('workspace list --query length(@)')).toBe(2);
  });

  test('is deleted only when a person agrees', async () => {
    await line('workspace create -w one -g rg');
    expect(await farled(['workspace', 'delete', '-w', 'one'])).toMatchObject({ code: 2 });
    expect(server.state.workspaces.size).toBe(1);
    const agreed = await farled(['workspace', 'delete', '-w', 'one'], { confirm: () => Promise.resolve(true) });
    expect(agreed.code).toBe(0);
    expect(server.state.workspaces.size).toBe(0);
  });

  test('is named by variables where nothing else does', async () => {
    await line('workspace create -w one -g rg');
    await line('workspace create -w two -g rg');
    const variables = { FARLED_URL: server.url, FARLED_TOKEN: server.token, FARLED_WORKSPACE: 'two' };
    expect((await farled(['workspace', 'show', '--query', 'name', '-o', 'tsv'], { variables })).output).toBe('two\n');
  });

  test('the server is the one that the home folder names', async () => {
    const home = join(folder, 'home');
    await mkdir(home);
    await writeFile(join(home, 'server.json'), JSON.stringify({ url: server.url, scoringUrl: server.url, pid: 1 }));
    await writeFile(join(home, 'owner-token'), `${server.token}\n`, { mode: 0o600 });
    expect(await farled(['workspace', 'list'], { variables: { FARLED_HOME: home } })).toMatchObject({
      code: 0,
      output: '[]\n',
    });
  });
});

describe('what goes wrong', () => {
  test.each<[given: string, error: string]>([
    ['model deplyo', 'Did you mean deploy?'],
    ['model deploy -n a --compute-targt b', 'Did you mean --compute-target?'],
    ['model deploy -n a -compute-target b', 'Did you mean --compute-target?'],
    ['model deploy', "required option '--name <value>' not specified"],
    ['model deploy -n', 'argument missing'],
    ['model deploy -n a --se', 'The option --ssl-enabled is not supported yet'],
    ['model deploy -n a --nr two', '--num-replicas must be a whole number, not "two"'],
    ['model deploy -n a -cp aci', 'The compute type "aci" is not supported yet'],
    ['model profile -n a', '`farled model profile` is not supported yet'],

    ['service show -n a b', 'too many arguments'],
    ['service list --query [?', '--query "[?" can\'t be used'],
    ['service list -o xml', '--output must be one of json'],
  ])('%s is a line that can not be used', async (given, error) => {
    await line('workspace create -w harbour -g shipping');
    expect(await farled(given.split(' '))).toEqual({
      code: 2,
      output: '',
      error: expect.stringContaining(error) as string,
    });
  });

  test('a misspelt field is told with file, line and what it is near to', async () => {
    await deploy();
    await writeFile(join(folder, 'dc.yml'), 'computeType: aks\nscoringTimeoutMS: 5000\n');
    const { code, error } = await farled([...DEPLOY.split(' ').slice(0, -1), 'dc.yml']);
    expect(code).toBe(2);
    expect(error).toContain('dc.yml');
    expect(error).toContain('line 2: there is no field "scoringTimeoutMS"; did you mean "scoringTimeoutMs"?');
  });

  test('a failed deployment ends with 1, after its log', async () => {
    await deploy();
    server.state.failWith = new FarledError('UserScriptInitFailed', 'init() failed: ValueError: no', {
      suggestion: 'Mend init().',
    });
    const { code, output, error } = await farled([...DEPLOY.split(' '), '--overwrite']);
    expect({ code, output }).toEqual({ code: 1, output: '' });
    expect(error).toMatch(
      /Deploying myservice …\n[^]*ended\.\n[^]*init\(\) failed: ValueError: no\n {2}Mend init\(\)\.\n$/,
    );
  });

  test('only errors are shown where only errors are asked for', async () => {
    await prepare();
    await line('model register -n mymodel -p model.pkl');
    expect(await line('model register -n mymodel -p model.pkl --only-show-errors')).toMatchObject({ error: '' });
  });

  test('with --debug each request is told, and no secret', async () => {
    const { error } = await line('workspace list --debug');
    expect(error).toMatch(/GET http:\S+\/workspaces → 200 \(\d+ ms\)/);
    expect(error).not.toContain(server.token);
  });

  test('a wrong token, and no server at all, end with 1 and say what to do', async () => {
    const wrong = await farled(['workspace', 'list'], { variables: { FARLED_URL: server.url, FARLED_TOKEN: 'x' } });
    expect(wrong).toMatchObject({ code: 1, error: expect.stringContaining('Unauthorized') as string });
    const none = await farled(['workspace', 'show'], { variables: { FARLED_URL: 'http://127.0.0.1:1' } });
    expect(none).toMatchObject({ code: 1, error: expect.stringContaining('npm start') as string });
  });

  test('an interruption leaves the work to the server', async () => {
    await prepare();
    server.state.holdOperations = true;
    const interruption = new AbortController();
    const error: string[] = [];
    const code = await run(['computetarget', 'create', 'aks', '-n', 'myaks'], {
      folder,
      variables: { FARLED_URL: server.url, FARLED_TOKEN: server.token },
      version: '1.2.3',
      output: { write: () => undefined, terminal: false, colors: false, columns: 80 },
      print: () => Promise.resolve(true),
      error: {
        write: (text) => {
          error.push(text);
          if (text.includes('started.')) {
            interruption.abort(new Error('Interrupted'));
          }
        },
        terminal: false,
        colors: false,
        columns: 80,
      },
      confirm: () => Promise.resolve(false),
      askSecret: () => Promise.resolve(''),
      readInput: () => Promise.resolve(''),
      execute: () => Promise.resolve({ exitCode: 0 }),
      signal: interruption.signal,
    });
    expect(code).toBe(130);
    expect(error.at(-1)).toContain('goes on there');
    expect([...server.state.operations.values()][0]?.operation.state).toBe('Running');
  });

  test('nothing that exists is overwritten unasked', async () => {
    await prepare();
    await line('environment scaffold -n myenv -d env');
    expect(await farled(['environment', 'scaffold', '-n', 'myenv', '-d', 'env'])).toMatchObject({ code: 2 });
    expect(await readdir(join(folder, 'env'))).toEqual(['azureml_environment.json', 'conda_dependencies.yml']);
  });
});

describe('identities', () => {
  test('a service principal is made with the lines that set its variables', async () => {
    const { output } = await line('identity create -n pipeline --role Contributor');
    expect(output).toMatch(/^# pipeline is Contributor in \/\. The secret is shown this once\.$/m);
    expect(output).toMatch(/^export AZUREML_SERVICE_PRINCIPAL_ID=[0-9a-f-]{36}$/m);
    expect(output).toContain('export AZUREML_SERVICE_PRINCIPAL_PASSWORD=made-secret\n');
    expect(await json('identity create -n other -o json')).toMatchObject({ secret: 'made-secret', roles: [] });
  });

  test('the password of a user is asked for or read, and not shown', async () => {
    const create = ['identity', 'create', '-n', 'ada', '--kind', 'user'];
    const asked = await farled([...create, '--ask-password']);
    expect(asked.output).toContain('The password is the one that was given.');
    const read = await farled(['identity', 'reset-secret', '-n', 'ada', '--password-stdin'], {
      readInput: () => Promise.resolve('another long password\n'),
    });
    expect(read).toMatchObject({ code: 0 });
    expect(read.output).not.toContain('another long password');
    expect((await farled([...create, '--ask-password', '--password-stdin'])).error).toContain('not both');
    expect((await line('identity reset-secret -n ada')).output).toContain('Password, shown this once: another-secret');
  });

  test('roles come and go, and who is deleted is gone', async () => {
    await line('identity create -n shop');
    const scope = '/subscriptions/sub/resourceGroups/rg';
    const granted = await json(`identity grant -n shop --role scorer --scope ${scope.toLowerCase()}`);
    expect(granted).toMatchObject({ roles: [{ role: 'Scorer', scope }] });
    expect((await line('identity list -o table')).output).toContain('Scorer in /subscriptions/sub');
    expect(await json(`identity revoke -n shop --role Scorer --scope ${scope}`)).toMatchObject({ roles: [] });
    expect(await farled(['identity', 'delete', '-n', 'shop'])).toMatchObject({ code: 2 });
    await line('identity delete -n shop -y');
    expect((await farled(['identity', 'show', '-n', 'shop'])).error).toContain('identity "shop"');
  });
});

describe('help', () => {
  test.each([['--help'], ['model', '--help'], ['model', 'deploy', '-h']])('%s ends with 0', async (...given) => {
    const { code, output } = await farled(given);
    expect(code).toBe(0);
    expect(output).toContain('Usage: farled');
  });

  test('a command shows all spellings and examples', async () => {
    const { output } = await farled(['model', 'deploy', '--help']);
    expect(output).toContain('--ct, --compute-target NAME');
    expect(output).toContain('farled model deploy -ct myaks -m mymodel:1 -n myservice -ic inferenceconfig.json');
    expect(output).not.toContain('--ssl-enabled');
  });

  test('the version is printed', async () => {
    expect(await farled(['--version'])).toEqual({ code: 0, output: '1.2.3\n', error: '' });
  });
});

describe('the process', () => {
  const BIN = join(import.meta.dirname, '..', 'bin', 'farled.mjs');

  test('talks to the server of its environment, and passes its exit code on', async () => {
    const env = { PATH: process.env['PATH'], HOME: folder, FARLED_URL: server.url, FARLED_TOKEN: server.token };
    const start = (...given: string[]) => promisify(execFile)(process.execPath, [BIN, ...given], { cwd: folder, env });
    expect(await start('workspace', 'list')).toEqual({ stdout: '[]\n', stderr: '' });
    await expect(start('workspace', 'show')).rejects.toMatchObject({ code: 1 });
    await expect(start('workspace', 'shwo')).rejects.toMatchObject({ code: 2 });
    await expect(start('workspace', 'delete', '-w', 'x')).rejects.toMatchObject({ code: 1 });
  });
});

describe('resource groups', () => {
  test('are made, listed and deleted', async () => {
    const made = await json('group create -n shipping --subscription-id sub -l westeurope -t team=blue');
    expect(made).toMatchObject({ name: 'shipping', location: 'westeurope', tags: { team: 'blue' } });
    expect(await json('group create -n returns')).toMatchObject({ location: 'local' });
    expect(await json('group list --subscription-id sub')).toHaveLength(1);
    expect((await line('group list -o table')).output).toContain('shipping');
    expect(await farled(['group', 'delete', '-n', 'shipping', '--subscription-id', 'sub'])).toMatchObject({ code: 2 });
    await line('group delete -n shipping --subscription-id sub -y');
    expect(await json('group list')).toMatchObject([{ name: 'returns' }]);
  });
});
