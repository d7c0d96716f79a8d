/** What is said of an image beside it: what is in it, and what it was made from. The same image says the same. */
import type { Model } from '@farled/contract';
import { type Attachment, type Component, provenance, type Reference, sbom } from '@farled/image';
import { digestOf } from '@farled/state';

import type { PlannedPlatform } from './planned-platform.ts';
import type { ServingContent } from './serving-image.ts';

export interface DescribedContent {
  readonly content: Pick<ServingContent, 'entryScript' | 'source'>;
  readonly models: readonly Pick<Model, 'id' | 'files'>[];
  readonly base: Reference;
  readonly planned: readonly PlannedPlatform[];
  /** Those of the image. */
  readonly labels: Readonly<Record<string, string>>;
}

/** The documents on an image with this content, once its digest is known. */
export type Attestations = (image: { readonly name: string; readonly digest: string }) => readonly Attachment[];

const BUILD_TYPE = 'https://farled.dev/serving-image/v1';
const BUILDER = 'https://farled.dev/controller';

/** Only what decides the image's bytes is in it: anything else would make new documents of an old image. */
export function describeContent({ content, models, base, planned, labels }: DescribedContent): Attestations {
  const bases = planned.map(({ platform, facts }) => ({ uri: purlOfImage(base, platform), digest: facts.digest }));
  const components = [
    ...planned.flatMap(({ environment }) => environment.packages?.installed ?? []).map(pythonComponent),
    { name: 'node', version: process.versions.node, purl: `pkg:generic/node@${process.versions.node}` },
    ...planned.map(({ platform, facts }) => ({
      name: `${base.host}/${base.repository}`,
      version: facts.digest,
      purl: purlOfImage(base, platform, facts.digest),
    })),
  ];
  return (image) => [
    sbom(image, components),
    provenance({
      image,
      buildType: BUILD_TYPE,
      builder: BUILDER,
      parameters: {
        entryScript: content.entryScript,
        models: models.map(({ id }) => id),
        platforms: planned.map(({ platform: { os, architecture } }) => `${os}/${architecture}`),
        labels,
      },
      materials: [
        ...bases,
        ...models.map(({ id, files }) => ({ uri: `farled:model:${id}`, digest: digestOf(files) })),
        { uri: 'farled:source', digest: digestOf(content.source) },
      ],
    }),
  ];
}

/** As the Python Package Index compares names. */
function pythonComponent({ name, version }: { readonly name: string; readonly version: string }): Component {
  const normal = name.toLowerCase().replaceAll(/[-_.]+/g, '-');
  return { name, version, purl: `pkg:pypi/${normal}@${encodeURIComponent(version)}` };
}

function purlOfImage(
  { host, repository }: Reference,
  { architecture }: PlannedPlatform['platform'],
  digest?: string,
): string {
  const name = repository.slice(repository.lastIndexOf('/') + 1);
  const version = digest === undefined ? '' : `@${encodeURIComponent(digest)}`;
  return `pkg:oci/${name}${version}?arch=${architecture}&repository_url=${encodeURIComponent(`${host}/${repository}`)}`;
}
