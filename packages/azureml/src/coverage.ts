/** The page of what is answered, from the routes themselves. Pure. */
import type { CompatibleParts } from './parts.ts';
import type { CompatibleRoute, Support } from './route.ts';
import { compatibleRoutes } from './routes.ts';

type Listed = Pick<CompatibleRoute, 'row' | 'method' | 'path' | 'client' | 'support'>;

const GROUPS: readonly (readonly [pattern: RegExp, title: string])[] = [
  [/^1\./, 'Connection'],
  [/^A/, 'Identity'],
  [/^B/, 'Subscriptions, groups, workspaces'],
  [/^C/, 'Compute targets'],
  [/^D/, 'Artifacts and blobs'],
  [/^E/, 'Assets and models'],
  [/^G/, 'Environments'],
  [/^F/, 'Web services and operations'],
  [/^H/, 'Scoring'],
  [/^[I-K]/, 'Packages, profiles, images'],
];

/** What other parts of Farled answer. */
const ELSEWHERE: readonly Listed[] = [
  {
    row: 'H1',
    method: 'POST',
    path: '/api/v1/service/:service/score',
    client: 'service.run, requests.post(service.scoring_uri)',
    support: { kind: 'supported' },
  },
  {
    row: 'H2',
    method: 'GET',
    path: '/api/v1/service/:service/swagger.json',
    client: 'service.swagger_uri',
    support: { kind: 'supported' },
  },
];

const INTRODUCTION = `# Compatibility with Azure ML v1

What of the REST API of Azure ML v1 Farled answers to \`azureml-core\`. This page is made from the routes themselves by
\`node --conditions=@farled/source tools/write-compatibility-docs.ts\`. How to point a script at Farled:
[azureml-core.md](azureml-core.md).

Paths are compared without regard to case, any \`api-version\` is taken, \`{S}\` stands for
\`/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.MachineLearningServices/workspaces/{workspace}\`.
`;

/** Every route, in the order of the groups. */
export function listedRoutes(): readonly Listed[] {
  return [...compatibleRoutes(NO_PARTS), ...ELSEWHERE];
}

export function renderCoverage(routes: readonly Listed[]): string {
  const sections = GROUPS.map(([pattern, title]) => {
    const rows = routes.filter(({ row }) => pattern.test(row)).toSorted((a, b) => order(a.row, b.row));
    return `## ${title}\n\n| route | asked by | answer |\n| --- | --- | --- |\n${rows.map(line).join('')}`;
  });
  return `${INTRODUCTION}\n${summary(routes)}\n\n${sections.join('\n')}`;
}

function summary(routes: readonly Listed[]): string {
  const count = (kind: Support['kind']): number => routes.filter(({ support }) => support.kind === kind).length;
  return `${routes.length} routes: ${count('supported')} as in the original, ${count('differs')} that differ, ${count('refused')} refused with a reason.`;
}

function line({ method, path, client, support }: Listed): string {
  const where = `\`${method} ${path.replace(SCOPE, '{S}').replaceAll(/:([A-Za-z]+)/g, '{$1}')}\``;
  const answer = support.kind === 'supported' ? 'supported' : `${support.kind}: ${support.why}`;
  return `| ${[where, client, answer].map((text) => text.replaceAll('|', '\\|')).join(' | ')} |\n`;
}

const SCOPE =
  /\/subscriptions\/:subscriptionId\/resource[Gg]roups\/:resourceGroup\/providers\/Microsoft\.MachineLearningServices\/workspaces\/:workspace/;

function order(one: string, other: string): number {
  return one.localeCompare(other, 'en', { numeric: true });
}

/** Routes are listed without being asked anything: whatever they take from their parts is never used. */
const NO_PARTS = new Proxy(() => {}, {
  get: () => NO_PARTS,
  apply: () => NO_PARTS,
}) as unknown as CompatibleParts;
