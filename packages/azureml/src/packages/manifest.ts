/** What azureml-core fetches for a Dockerfile with all that it copies: small files inline, folders by their name. Pure. */
import type { FileEntry, Package } from '@farled/contract';

import { ORIGIN } from '../artifacts/artifact-url.ts';
import { packageContainer } from './package-files.ts';

export type ContextEntry =
  | {
      readonly entryType: 'inline';
      readonly encoding: 'base64';
      readonly path: string;
      readonly content: string;
    }
  | {
      readonly entryType: 'remote';
      /** Of a folder; the client writes it below `path`, under its own name. */
      readonly uri: string;
      readonly path: string;
      readonly unpack: false;
    };

/** Those beside the folders: the Dockerfile and what it installs. The client makes no folders for files that are inline. */
export function inlineFiles({ files }: Pick<Package, 'files'>): readonly FileEntry[] {
  return files.filter(({ path }) => !path.includes('/'));
}

/** @param contents of {@link inlineFiles}, by path. */
export function toManifest(
  made: Pick<Package, 'id' | 'files' | 'inference'>,
  contents: ReadonlyMap<string, Uint8Array>,
) {
  const folders = new Set(
    made.files.flatMap(({ path }) => (path.includes('/') ? [path.slice(0, path.indexOf('/'))] : [])),
  );
  const context: readonly ContextEntry[] = [
    ...inlineFiles(made).map(({ path }): ContextEntry => {
      const content = Buffer.from(contents.get(path) ?? []).toString('base64');
      return { entryType: 'inline', encoding: 'base64', path, content };
    }),
    ...[...folders].map((folder): ContextEntry => {
      const uri = `aml://artifact/${ORIGIN}/${packageContainer(made.id)}/${folder}`;
      return { entryType: 'remote', uri, path: '.', unpack: false };
    }),
  ];
  return { environment: made.inference.environment, context };
}
