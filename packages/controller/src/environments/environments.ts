/** Makes environments real: a folder with an interpreter and the packages asked for, one per digest. */
import type { EnvironmentDefinition } from '@farled/contract';

import type { BaseImage } from './image/interpreter.ts';
import type { ImagePlatform } from './image/platform.ts';
import type { InstalledPackage } from './image/site-packages.ts';

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

export interface ImageBuildRequest extends BuildRequest {
  readonly base: BaseImage;
  readonly platform: ImagePlatform;
}

/** What an image needs of an environment; nothing is installed yet. */
export interface ImageEnvironment {
  /** Absolute path in the image of the interpreter to run entry scripts with. */
  readonly python: string;
  /** The environment's own packages; null when its user manages it, and the base image has all that it needs. */
  readonly packages: {
    /** Where they are in the image. */
    readonly folder: string;
    /** In the folder, to what the base image has. */
    readonly links: readonly { readonly path: string; readonly target: string }[];
    /** Decides what is in the folder: equal digests, equal folders. */
    readonly digest: string;
    /** What the folder holds once it is filled. */
    readonly installed: readonly InstalledPackage[];
    /** Fills an empty folder of this machine. @throws FarledError EnvironmentBuildFailed. */
    readonly install: (folder: string, signal: AbortSignal) => Promise<readonly InstalledPackage[]>;
  } | null;
}

export interface Environments {
  /**
   * Decides what an image of that environment holds beside its base.
   *
   * @throws FarledError EnvironmentBuildFailed, PythonVersionUnavailable or NotSupportedYet.
   */
  planForImage(request: ImageBuildRequest): Promise<ImageEnvironment>;
  /** As a requirements file with what is to be said of it; null when its user manages it. @throws FarledError EnvironmentBuildFailed. */
  requirementsOf(
    definition: EnvironmentDefinition,
    sourceDirectory: string,
  ): Promise<{ readonly text: string; readonly notes: readonly string[] } | null>;
  /**
   * Builds the environment unless it is there already. Concurrent calls for one digest share a build.
   *
   * @throws FarledError EnvironmentBuildFailed, PythonVersionUnavailable or NotSupportedYet, with the last lines of
   * the build; the signal's reason when it aborts. A failed or aborted build leaves nothing behind.
   */
  ensure(request: BuildRequest): Promise<BuiltEnvironment>;
}
