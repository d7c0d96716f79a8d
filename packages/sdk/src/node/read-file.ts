/** Reading files that a caller named, with errors that name them too. */
import { readFile, stat } from 'node:fs/promises';

import { FarledError, type ErrorCode } from '@farled/contract';

const MAXIMUM_DOCUMENT_BYTES = 4 * 1024 * 1024;

/** Text of a document. `what` starts the message: «The inference config». */
export async function readDocument(path: string, what: string): Promise<string> {
  try {
    const { size } = await stat(path);
    if (size > MAXIMUM_DOCUMENT_BYTES) {
      throw new FarledError('InvalidDocument', `${what} "${path}" has ${size} bytes, which is more than 4 MB.`);
    }
    const text = new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path));
    return text.replace(/^\u{feff}/u, '');
  } catch (error) {
    if (error instanceof TypeError) {
      throw new FarledError('InvalidDocument', `${what} "${path}" is not UTF-8 text.`, { cause: error });
    }
    throw fileError(error, what, path, 'InvalidDocument');
  }
}

/** What went wrong with a path, in words; errors that are ours already stay. */
export function fileError(error: unknown, what: string, path: string, code: ErrorCode = 'BadArgument'): unknown {
  const reason = REASONS[(error as NodeJS.ErrnoException).code ?? ''];
  return reason === undefined
    ? error
    : new FarledError(code, `${what} "${path}" ${reason}.`, {
        suggestion: 'Check the path; a relative one starts at the current folder.',
        cause: error,
      });
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  ENOTDIR: 'does not exist, because a part of the path is a file',
  EISDIR: 'is a folder, not a file',
  EACCES: "can't be read: permission denied",
  EPERM: "can't be read: not permitted",
  ELOOP: 'is a symbolic link that leads to itself',
  ENAMETOOLONG: 'is longer than this system allows',
  EEXIST: 'exists already',
  ENOSPC: "can't be written: the disk is full",
  EROFS: "can't be written: the file system is read-only",
};
