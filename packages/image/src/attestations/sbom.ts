/** What is in an image, as a bill of materials: CycloneDX 1.6. The same packages give the same bytes. */
import type { Attachment } from './attach.ts';

export interface Component {
  readonly name: string;
  readonly version: string;
  /** As in `pkg:pypi/numpy@2.1.0`. */
  readonly purl: string;
}

const MEDIA_TYPE = 'application/vnd.cyclonedx+json';

export function sbom(
  image: { readonly name: string; readonly digest: string },
  components: readonly Component[],
): Attachment {
  const listed = new Map(components.map(({ name, version, purl }) => [purl, { name, version, purl }]));
  const document = {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: { component: { type: 'container', 'bom-ref': 'image', name: image.name, version: image.digest } },
    components: [...listed.values()]
      .toSorted((a, b) => (a.purl < b.purl ? -1 : 1))
      .map((component) => ({ type: 'library', 'bom-ref': component.purl, ...component })),
  };
  return { artifactType: MEDIA_TYPE, mediaType: MEDIA_TYPE, bytes: Buffer.from(JSON.stringify(document)) };
}
