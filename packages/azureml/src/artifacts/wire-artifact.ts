/** Uploaded files as azureml-core reads them. */
import { FarledError, parseOrThrow } from '@farled/contract';
import { z } from 'zod';

import { ORIGIN, parsePath } from './artifact-url.ts';

/** azureml-core sends 50. */
const MOST_PATHS = 1000;

const WirePaths = z.object({
  paths: z
    .array(z.object({ path: z.string() }))
    .min(1)
    .max(MOST_PATHS),
});

export interface RequestedPath {
  /** As the client wrote it, which it looks for in the answer. */
  readonly said: string;
  readonly path: string;
}

/** @throws FarledError BadArgument naming the path that can't be. */
export function fromWirePaths(body: unknown): readonly RequestedPath[] {
  const { paths } = parseOrThrow(WirePaths, body, 'The request body');
  return paths.map(({ path }, index) => ({ said: path, path: parsePath(path, `The path paths.${index} "${path}"`) }));
}

export function toWireArtifact(container: string, path: string, createdTime: string) {
  return {
    artifactId: `${ORIGIN}/${container}/${path}`,
    origin: ORIGIN,
    container,
    path,
    etag: null,
    createdTime,
    dataPath: null,
  };
}

export function toWireContent(container: string, path: string, contentUri: string) {
  return { contentUri, origin: ORIGIN, container, path };
}

/** Which of many is the first on the page. @throws FarledError BadArgument for what no page ended with. */
export function fromContinuationToken(token: string | undefined): number {
  if (token === undefined || token === '') {
    return 0;
  }
  if (!/^\d{1,7}$/.test(token)) {
    throw new FarledError('BadArgument', 'continuationToken is not one that this list gave.');
  }
  return Number(token);
}
