/** An environment: the Python packages and variables that an entry script runs with. */
import { randomUUID } from 'node:crypto';

import {
  EnvironmentDefinition,
  FarledError,
  parseOrThrow,
  routes,
  type Environment as Registered,
} from '@farled/contract';

import { CondaDependencies } from './conda-dependencies.ts';
import { readDocument } from './node/read-file.ts';
import { followOperation } from './operation.ts';
import { readPages } from './pages.ts';
import { lineWriter, type WaitOptions } from './show-output.ts';
import type { Workspace } from './workspace.ts';

export interface PythonSection {
  condaDependencies: CondaDependencies | null;
  userManagedDependencies: boolean;
  interpreterPath: string;
  baseCondaEnvironment: string | null;
}

type Docker = EnvironmentDefinition['docker'];

export class Environment {
  readonly name: string;
  /** Null until it is registered. */
  version: string | null = null;
  environmentVariables: Record<string, string>;
  readonly python: PythonSection;
  readonly docker: Docker;
  inferencingStackVersion: 'latest' | null;
  readonly #rest: Pick<EnvironmentDefinition, 'spark' | 'databricks'>;

  constructor(name: string, definition: object = {}) {
    const full = parseOrThrow(EnvironmentDefinition, { ...definition, name }, `The environment "${name}"`);
    const { condaDependencies, ...python } = full.python;
    this.name = full.name;
    this.environmentVariables = full.environmentVariables;
    this.python = {
      ...python,
      condaDependencies: condaDependencies === null ? null : new CondaDependencies(condaDependencies),
    };
    this.docker = full.docker;
    this.inferencingStackVersion = full.inferencingStackVersion;
    this.#rest = { spark: full.spark, databricks: full.databricks };
  }

  /** An environment from a conda environment file. */
  static async fromCondaSpecification({ name, filePath }: { name: string; filePath: string }): Promise<Environment> {
    const environment = new Environment(name);
    environment.python.condaDependencies = await CondaDependencies.fromFile(filePath);
    return environment;
  }

  /** An environment from a requirements.txt. */
  static async fromPipRequirements(options: {
    name: string;
    filePath: string;
    pythonVersion?: string;
  }): Promise<Environment> {
    const { name, filePath, ...python } = options;
    const environment = new Environment(name);
    const pipPackages = requirementLines(await readDocument(filePath, 'The requirements file'), filePath);
    environment.python.condaDependencies = CondaDependencies.create({ pipPackages, ...python });
    return environment;
  }

  /** The newest version unless a version or a label is named. */
  static async get(
    workspace: Workspace,
    options: {
      readonly name: string;
      readonly version?: string | undefined;
      readonly label?: string | undefined;
      readonly signal?: AbortSignal | undefined;
    },
  ): Promise<Environment> {
    const { name, version, label, signal } = options;
    const registered = await workspace.client.call(routes.environments.get, {
      params: { ...workspace.path, environment: name },
      query: { version, label },
      signal,
    });
    return fromRegistered(registered);
  }

  /** Gives a version its labels, in place of those that it had; a label is one version's at a time. */
  static async label(
    workspace: Workspace,
    options: {
      readonly name: string;
      readonly version: string;
      readonly labels: readonly string[];
      readonly signal?: AbortSignal | undefined;
    },
  ): Promise<Environment> {
    const { name, version, labels, signal } = options;
    const labelled = await workspace.client.call(routes.environments.label, {
      params: { ...workspace.path, environment: name, version },
      body: { labels: [...labels] },
      signal,
    });
    return fromRegistered(labelled);
  }

  /** The newest version of each environment. */
  static async list(
    workspace: Workspace,
    { signal }: { signal?: AbortSignal | undefined } = {},
  ): Promise<Environment[]> {
    const all = await readPages((skipToken) =>
      workspace.client.call(routes.environments.list, { params: workspace.path, query: { skipToken }, signal }),
    );
    return all.map(fromRegistered);
  }

  /** Registers it; an unchanged definition keeps its version. */
  async register(workspace: Workspace, { signal }: { signal?: AbortSignal | undefined } = {}): Promise<Environment> {
    const registered = await workspace.client.call(routes.environments.register, {
      params: { ...workspace.path, environment: this.name },
      body: this.toDefinition(),
      signal,
    });
    return fromRegistered(registered);
  }

  /**
   * Installs it ahead of the services that are to run in it, and registers it first when it has no version. Resolves
   * when it is installed, with `wait: false` when it has begun; its failure is thrown.
   */
  async build(
    workspace: Workspace,
    { wait = true, showOutput, signal }: WaitOptions & { readonly wait?: boolean } = {},
  ): Promise<Environment> {
    const registered = this.version === null ? await this.register(workspace, { signal }) : this;
    const { client, path } = workspace;
    const operation = await client.call(routes.environments.build, {
      params: { ...path, environment: registered.name },
      body: { version: registered.version ?? undefined, operationId: randomUUID() },
      signal,
    });
    if (wait) {
      await followOperation(client, path, operation.id, { onLine: lineWriter(showOutput), signal });
    }
    return registered;
  }

  clone(name: string): Environment {
    return new Environment(name, { ...this.toDefinition(), version: null });
  }

  /** As the server takes it; the server gives versions. */
  toDefinition(): EnvironmentDefinition {
    const { condaDependencies, ...python } = this.python;
    return parseOrThrow(
      EnvironmentDefinition,
      {
        name: this.name,
        version: null,
        environmentVariables: this.environmentVariables,
        python: { ...python, condaDependencies: condaDependencies?.toDefinition() ?? null },
        docker: this.docker,
        inferencingStackVersion: this.inferencingStackVersion,
        ...this.#rest,
      },
      `The environment "${this.name}"`,
    );
  }
}

function fromRegistered({ name, version, definition }: Registered): Environment {
  const environment = new Environment(name, { ...definition, version: null });
  environment.version = version;
  return environment;
}

/** Options and nested files would need pip itself; a line that is lost in silence would be worse. */
function requirementLines(text: string, file: string): string[] {
  return text
    .replaceAll(/\\\r?\n/g, ' ')
    .split(/\r?\n/)
    .flatMap((raw, index) => {
      const line = raw.replace(/(^|\s)#.*$/, '').trim();
      if (/^(-r|-c|-e|--requirement|--constraint|--editable)\b/.test(line)) {
        throw new FarledError('InvalidDocument', `The requirements file "${file}", line ${index + 1}, has "${line}".`, {
          suggestion: 'Write the packages themselves into the file: other files are not read from it.',
        });
      }
      return line === '' ? [] : [line];
    });
}
