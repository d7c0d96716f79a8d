import { describe, expect, test } from 'vitest';

import { spellingsOf } from '../parse/arguments.ts';
import { allOptions, selectCommand } from '../parse/program.ts';
import { COMMANDS, GROUPS } from './index.ts';

/** Flags of `az ml` v1 for the commands that scripts use most. */
const AZ_ML: Readonly<Record<string, string>> = {
  'computetarget create aks': `-n -a --agent-count -s --vm-size --cluster-purpose -l --load-balancer-type
    --load-balancer-subnet --service-cidr --dns-service-ip --docker-bridge-cidr --vnet-name --subnet-name
    --vnet-resourcegroup-name --ssl-cname --ssl-cert-file --ssl-key-file --ssl-leaf-domain-label
    --ssl-overwrite-domain --no-wait`,
  'computetarget attach aks': '-n -i',
  'computetarget detach': '-n',
  'computetarget delete': '-n',
  'computetarget show': '-n',
  'computetarget list': '-w -g',
  'folder attach': '-w -g',
  'model register': `-n -p --asset-path --experiment-name -r --run-id -f --run-metadata-file --model-framework
    --model-framework-version --cc --gb --gc --sample-input-dataset-id --sample-output-dataset-id --tag --property -d
    -t --output-metadata-file`,
  'model list': '-n -l --latest --tag --property --run-id --dataset-id',
  'model show': '-i -n --version',
  'model update': '-i --add-tag --remove-tag --add-property --cc --gb --gc -d',
  'model download': '-i -t --overwrite',
  'model delete': '-i',
  'model deploy': `-n -m -f --ct --compute-target --cp --compute-type --ic --dc --pi --profile-input -e --ev --ed --es
    --sd --cf --ds --bi --ir --rt --eg --cv --as --mi --ma --ar --at --nr --cc --ccl --gb --gbl --gc --rm
    --replica-max-concurrent-requests --mr --max-request-wait-time --tm --scoring-timeout-ms --ps --id --ts --st --ft
    --ae --auth-enabled --token-auth-enabled --kp --ks --ai --md --se --sc --sk --sp --dn --lo --po --port --vn
    --version-name --tp --traffic-percentile --namespace --tag --property --description --overwrite --no-wait
    --vault-base-url --key-name --key-version --vnet-name --subnet-name -ct -ic -dc -cc -gb -nr -ae`,
  'model package':
    '-m -f --ic --es --cf --sd --rt -e --ev --ed --in --image-name --il --image-label --output-path --no-wait',
  'service list': '-c --model-name --model-id --image-digest --tag --property',
  'service show': '-n',
  'service run': '-n -d',
  'service get-keys': '-n',
  'service regen-key': '-n -k -s',
  'service get-access-token': '-n',
  'service get-logs': '-n -i --init -l --num_lines',
  'service delete': '-n',
  'service update': `-n -m -f --ic --dc -e --ev --ed --es --sd --cf --as --mi --ma --ar --at --nr --cc --ccl --gb --gbl
    --gc --rm --mr --tm --ps --id --ts --st --ft --ae --ai --md --kp --ks --tag --description --add-tag --remove-tag
    --add-property --no-wait`,
  'environment register': '-d',
  'environment list': '-w',
  'environment show': '-n -v',
  'environment download': '-n -v -d --overwrite',
  'environment scaffold': '-n -d',
};

/** A line as a shell splits it. */
function words(line: string): string[] {
  return [...line.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
    ([, single, double, bare]) => single ?? double ?? bare ?? '',
  );
}

function select(line: string[]) {
  return selectCommand(line, {
    commands: COMMANDS,
    groups: GROUPS,
    version: '1.2.3',
    write: () => undefined,
    writeError: (text) => {
      throw new Error(text);
    },
    columns: 100,
  });
}

describe('the tree of commands', () => {
  test.each(Object.entries(AZ_ML))('%s takes every flag of az ml', (path, flags) => {
    const command = COMMANDS.find((one) => one.path.join(' ') === path);
    const spellings = spellingsOf(command === undefined ? [] : Object.values(allOptions(command)));
    const missing = [...flags.split(/\s+/), '--subscription-id', '--path', '-o', '--query', '--debug']
      .filter((flag) => path !== 'environment scaffold' || !['--subscription-id', '--path'].includes(flag))
      .filter((flag) => !spellings.has(flag));
    expect(missing).toEqual([]);
  });

  test.each(COMMANDS.map((command) => [command.path.join(' '), command] as const))(
    '%s spells each flag once, and its group has a text',
    (_path, command) => {
      const flags = Object.values(allOptions(command)).flatMap((option) => option.flags);
      expect(flags.toSorted()).toEqual([...new Set(flags)].toSorted());
      expect(command.summary).toMatch(/\.$/);
      expect(GROUPS[command.path.slice(0, -1).join(' ')]).toBeDefined();
    },
  );

  test('each command that is built has examples, and each example is a line it takes', async () => {
    const built = COMMANDS.filter(({ unbuilt, path }) => unbuilt !== true && path[0] !== 'completion');
    expect(built.length).toBeGreaterThan(30);
    for (const command of built) {
      expect(command.examples, command.path.join(' ')).not.toEqual([]);
      for (const [, line] of command.examples) {
        expect(await select(words(line).slice(1)), line).toMatchObject({ command: { path: command.path } });
      }
    }
  });
});
