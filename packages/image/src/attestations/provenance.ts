/** How an image came about, as an in-toto statement with SLSA's predicate, version 1. Says no time and no place. */
import type { Attachment } from './attach.ts';

export interface Provenance {
  readonly image: { readonly name: string; readonly digest: string };
  /** URI of the kind of build, which says what the parameters mean. */
  readonly buildType: string;
  /** URI of who built. */
  readonly builder: string;
  /** What was asked for. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** What went in: base image, models, source. */
  readonly materials: readonly { readonly uri: string; readonly digest: string }[];
}

const MEDIA_TYPE = 'application/vnd.in-toto+json';

export function provenance({ image, buildType, builder, parameters, materials }: Provenance): Attachment {
  const statement = {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: image.name, digest: digestSet(image.digest) }],
    predicateType: 'https://slsa.dev/provenance/v1',
    predicate: {
      buildDefinition: {
        buildType,
        externalParameters: parameters,
        resolvedDependencies: materials.map(({ uri, digest }) => ({ uri, digest: digestSet(digest) })),
      },
      runDetails: { builder: { id: builder } },
    },
  };
  return { artifactType: MEDIA_TYPE, mediaType: MEDIA_TYPE, bytes: Buffer.from(JSON.stringify(statement)) };
}

function digestSet(digest: string): Record<string, string> {
  return { sha256: digest.replace(/^sha256:/, '') };
}
