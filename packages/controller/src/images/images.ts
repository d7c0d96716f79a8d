/** Lays out what a replica runs: the source folder and the models, where an entry script expects them. */
import type { FileManifest } from '@farled/contract';

export interface ImageRequest {
  /** In the caller's order; the paths are those below `azureml-models/<name>/<version>/`. */
  readonly models: readonly { readonly name: string; readonly version: number; readonly files: FileManifest }[];
  readonly source: FileManifest;
  readonly signal: AbortSignal;
}

export interface Image {
  /** Folder name below the images folder: a digest of the contents. */
  readonly digest: string;
  /** Absolute path; AML_APP_ROOT. */
  readonly folder: string;
  readonly sourceDirectory: string;
  /** As AZUREML_MODEL_DIR: the version folder of the only model, or `azureml-models` when there are several or none. */
  readonly modelDirectory: string;
}

export interface Images {
  /** Lays out an image unless it is there already; a crash leaves nothing that looks complete. */
  ensure(request: ImageRequest): Promise<Image>;
  /** The digest that an image of these would have, whether it is there or not. */
  digest(request: Omit<ImageRequest, 'signal'>): string;
  /** Removes images that are older and not among the digests in use, and unpacked models that no image has. */
  sweep(inUse: ReadonlySet<string>, olderThanMs: number): Promise<void>;
}
