/** Names of uploaded files: `origin/container/path`. */
import { FarledError, parseOrThrow, RelativePath } from '@farled/contract';
import { z } from 'zod';

/** contract 5.1: where files come from that a client uploads. */
export const ORIGIN = 'LocalUpload';
const ARTIFACT = 'aml://artifact/';

/** What files of one upload have in common; clients choose it. */
const Container = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,299}$/, { error: 'must be letters, digits, dots, dashes and underscores' });

export interface ArtifactName {
  readonly container: string;
  /** With forward slashes; empty for all that is in the container. */
  readonly path: string;
}

/**
 * Takes the two parts of addresses apart that say where a file is from.
 *
 * @throws FarledError BadArgument; NotSupportedYet for files that are no uploads, such as those of runs.
 */
export function parseContainer(origin: string, container: string): string {
  if (origin.toLowerCase() !== ORIGIN.toLowerCase()) {
    throw new FarledError('NotSupportedYet', `Farled has no files of the origin "${origin}".`, {
      suggestion: `It keeps what clients upload: ${ORIGIN}.`,
    });
  }
  return parseOrThrow(z.object({ container: Container }), { container }, 'The address').container;
}

/** Azure takes both slashes for one; clients on Windows send the other. */
export function parsePath(path: string, what: string): string {
  return parseOrThrow(RelativePath, path.replaceAll('\\', '/'), what);
}

/**
 * Reads `origin/container/path`.
 *
 * @throws FarledError BadArgument, naming `what`.
 */
export function parsePrefix(prefix: string, what: string): ArtifactName {
  const [, origin, container, rest] = /^([^/]*)\/([^/]*)\/(.*)$/s.exec(prefix) ?? [];
  if (origin === undefined || container === undefined || rest === undefined) {
    throw new FarledError('BadArgument', `${what} "${prefix}" is not of the form ${ORIGIN}/CONTAINER/PATH.`);
  }
  const path = rest.replace(/[/\\]+$/, '');
  return { container: parseContainer(origin, container), path: path === '' ? '' : parsePath(path, what) };
}

/**
 * Reads `aml://artifact/origin/container/path`.
 *
 * @throws FarledError BadArgument.
 */
export function parseArtifactUrl(url: string): ArtifactName {
  if (!url.startsWith(ARTIFACT)) {
    throw new FarledError('BadArgument', `"${url}" is not the address of an uploaded file.`, {
      suggestion: `Such addresses begin with ${ARTIFACT}${ORIGIN}/.`,
    });
  }
  return parsePrefix(url.slice(ARTIFACT.length), 'The address of the file');
}
