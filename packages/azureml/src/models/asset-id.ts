/**
 * Assets name files that were uploaded or that a model has. What an asset says is in its id, so that nothing has to be
 * kept between the call that makes it and the one that uses it.
 */
import { ModelId } from '@farled/contract';
import { z } from 'zod';

const ASSET = 'aml://asset/';

/** Ids travel in paths of addresses. */
const LONGEST_ID = 2048;

export type AssetReference =
  /** What a registered model consists of: `name:version`. */
  | { readonly kind: 'model'; readonly id: string }
  /** Files that were uploaded, each prefix as `origin/container/path`. */
  | { readonly kind: 'uploaded'; readonly name: string; readonly prefixes: readonly string[] };

const Uploaded = z.tuple([z.string(), z.array(z.string()).min(1)]);

export function modelAssetUrl(modelId: string): string {
  return `${ASSET}${modelId}`;
}

/** Undefined when the names are too long for an id. */
export function assetId(name: string, prefixes: readonly string[]): string | undefined {
  const id = Buffer.from(JSON.stringify([name, prefixes])).toString('base64url');
  return id.length > LONGEST_ID ? undefined : id;
}

/** Undefined for an id that was never given. */
export function parseAssetId(id: string): AssetReference | undefined {
  // No asset of uploaded files has a colon in its id, every model has.
  if (ModelId.safeParse(id).success) {
    return { kind: 'model', id };
  }
  const said = Uploaded.safeParse(parseJson(Buffer.from(id, 'base64url').toString('utf8')));
  return said.success ? { kind: 'uploaded', name: said.data[0], prefixes: said.data[1] } : undefined;
}

/** The id in `aml://asset/{id}`; undefined when it is another kind of address. */
export function assetIdOf(url: string): string | undefined {
  return url.startsWith(ASSET) ? url.slice(ASSET.length) : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
