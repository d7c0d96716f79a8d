/**
 * azureml-defaults stands in every environment of Azure ML v1 and brings a web server, telemetry and half a hundred
 * packages. The runtime of a replica does its work, so it is left out; what a script imports of it is installed.
 */
import { nameOf } from './pip-entry.ts';
import { importsFrom } from './python/imports.ts';

export interface AzuremlDecision {
  readonly requirements: readonly string[];
  readonly notes: readonly string[];
}

/** The runtime of a replica stands in for these. */
const STANDS_IN_FOR = new Set([
  'azureml-defaults',
  'azureml-inference-server-http',
  'azureml-core',
  'azureml-contrib-services',
]);

/** What came with azureml-defaults and may be imported: module, and the package that has it. */
const BROUGHT_ALONG: Readonly<Record<string, string>> = {
  inference_schema: 'inference-schema',
  flask: 'flask',
  applicationinsights: 'applicationinsights',
  json_logging: 'json-logging-py',
};

/** Modules below `azureml` that the runtime has its own of, or that other packages bring. */
const NOT_OF_CORE = [
  'azureml.contrib',
  'azureml.monitoring',
  'azureml.dataprep',
  'azureml.interpret',
  'azureml.train',
  'azureml.automl',
];

/** The switch that installs everything after all, as the log names it. */
const SWITCH = 'FARLED_INSTALL_AZUREML_DEFAULTS=true';

/** Decides, from what is asked for and what the source folder imports, what of Azure ML's packages is installed. */
export function decideAzureml(
  requirements: readonly string[],
  imported: ReadonlySet<string>,
  realServer: boolean,
): AzuremlDecision {
  if (realServer) {
    return { requirements, notes: [] };
  }
  const leftOut = requirements.filter((line) => STANDS_IN_FOR.has(nameOf(line) ?? ''));
  const kept = requirements.filter((line) => !leftOut.includes(line));
  const added: string[] = [];
  if (importsCore(imported)) {
    added.push(...coreRequirements(leftOut));
  }
  if (leftOut.length > 0) {
    const names = new Set(kept.map(nameOf));
    const brought = Object.entries(BROUGHT_ALONG).filter(([module]) => importsFrom(imported, module));
    added.push(...brought.flatMap(([, name]) => (names.has(name) ? [] : [name])));
  }
  const notes = [
    ...(leftOut.length === 0
      ? []
      : [`Not installed: ${leftOut.join(', ')}. Farled's runtime stands in for it; ${SWITCH} installs it after all.`]),
    ...(added.length === 0 ? [] : [`Installed because the source folder imports it: ${added.join(', ')}.`]),
  ];
  return { requirements: [...kept, ...added], notes };
}

function importsCore(imported: ReadonlySet<string>): boolean {
  return [...imported].some(
    (name) =>
      name.startsWith('azureml.') && !NOT_OF_CORE.some((other) => name === other || name.startsWith(`${other}.`)),
  );
}

/** azureml-core follows the version that azureml-defaults, or the requirement itself, was pinned to. */
function coreRequirements(leftOut: readonly string[]): string[] {
  const said = leftOut.find((line) => nameOf(line) === 'azureml-core');
  const defaults = leftOut.find((line) => nameOf(line) === 'azureml-defaults');
  const condition =
    /(?:\s*\[[^\]]*\])?\s*([^;]*)/.exec((said ?? defaults ?? '').replace(/^[A-Za-z0-9._-]+/, ''))?.[1] ?? '';
  return [`azureml-core${condition.trim()}`, 'importlib-resources; python_version<"3.9"'];
}
