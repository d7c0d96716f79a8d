/** Makes environments real: a folder with an interpreter and the packages asked for, one per digest. */
import type { EnvironmentDefinition } from '@farled/contract';

export interface BuildRequest {
  readonly definition: EnvironmentDefinition;
  /** The entry script's folder: what it imports decides whether the real azureml-core is installed. */
  readonly sourceDirectory: string;
  /** What to do when the Python version asked for can't be had: fail, or take the nearest newer one and say so. */
  readonly pythonPolicy: 'exact' | 'nearest';
  /** Receives every line of the build, as it happens. */
  readonly log: (line: string) => void;
  readonly signal: AbortSignal;
}

export interface BuiltEnvironment {
  /** Folder name below the environments folder. */
  readonly digest: string;
  /** Absolute path of the interpreter. */
  readonly python: string;
}

export interface Environments {
  /**
   * Builds the environment unless it is there already. Concurrent calls for one digest share a build.
   *
   * @throws FarledError EnvironmentBuildFailed, PythonVersionUnavailable or NotSupportedYet, with the last lines of
   * the build; the signal's reason when it aborts. A failed or aborted build leaves nothing behind.
   */
  ensure(request: BuildRequest): Promise<BuiltEnvironment>;
}
