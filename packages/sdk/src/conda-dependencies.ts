/** A conda environment file in memory. */
import { CondaDependencies as CondaSchema, parseOrThrow } from '@farled/contract';
import { stringify } from 'yaml';

import { checkConda } from './documents/inference-config.ts';
import { readDocument } from './node/read-file.ts';

export interface CondaOptions {
  readonly condaPackages?: readonly string[];
  readonly pipPackages?: readonly string[];
  /** «3.11»; absent leaves the choice to the server. */
  readonly pythonVersion?: string;
  readonly channels?: readonly string[];
}

export class CondaDependencies {
  #fields: CondaSchema;

  constructor(fields: unknown = {}) {
    this.#fields = parseOrThrow(CondaSchema, fields, 'The conda dependencies');
  }

  static create({
    condaPackages = [],
    pipPackages = [],
    pythonVersion,
    channels = [],
  }: CondaOptions = {}): CondaDependencies {
    return new CondaDependencies({
      name: 'project_environment',
      channels: [...channels],
      dependencies: [
        ...(pythonVersion === undefined ? [] : [`python=${pythonVersion}`]),
        ...condaPackages,
        ...(pipPackages.length === 0 ? [] : [{ pip: [...pipPackages] }]),
      ],
    });
  }

  /** Reads a conda environment file, YAML or JSON. */
  static async fromFile(path: string): Promise<CondaDependencies> {
    return new CondaDependencies(checkConda({ file: path, text: await readDocument(path, 'The conda file') }));
  }

  get condaPackages(): string[] {
    return this.#fields.dependencies.filter((entry) => typeof entry === 'string').filter((entry) => !isPython(entry));
  }

  get pipPackages(): string[] {
    return this.#fields.dependencies.flatMap((entry) => (typeof entry === 'string' ? [] : entry.pip));
  }

  get pythonVersion(): string | undefined {
    const entry = this.#fields.dependencies.find((one) => typeof one === 'string' && isPython(one));
    return typeof entry === 'string' ? entry.replace(/^python\s*=*\s*/, '') || undefined : undefined;
  }

  addCondaPackage(name: string): void {
    this.#replace([...this.#strings(), name], this.pipPackages);
  }

  addPipPackage(name: string): void {
    this.#replace(this.#strings(), [...this.pipPackages, name]);
  }

  addChannel(channel: string): void {
    this.#fields = { ...this.#fields, channels: [...this.#fields.channels, channel] };
  }

  setPythonVersion(version: string): void {
    this.#replace([`python=${version}`, ...this.condaPackages], this.pipPackages);
  }

  /** As it goes into an environment's definition. */
  toDefinition(): CondaSchema {
    return structuredClone(this.#fields);
  }

  /** As a conda environment file. */
  serialize(): string {
    return stringify(this.#fields);
  }

  #strings(): string[] {
    return this.#fields.dependencies.filter((entry) => typeof entry === 'string');
  }

  #replace(strings: readonly string[], pip: readonly string[]): void {
    const dependencies = [...strings, ...(pip.length === 0 ? [] : [{ pip: [...pip] }])];
    this.#fields = parseOrThrow(CondaSchema, { ...this.#fields, dependencies }, 'The conda dependencies');
  }
}

function isPython(entry: string): boolean {
  return /^python\s*(?:[=<>!~].*)?$/.test(entry);
}
