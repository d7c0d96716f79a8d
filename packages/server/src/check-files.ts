import { FarledError, type FileManifest } from '@farled/contract';
import type { ArtifactStore } from '@farled/state';

/** Details for this many files; a folder may have thousands. */
const SHOWN = 20;

/**
 * Checks that every file of the manifest was uploaded and is as large as it says.
 *
 * @throws FarledError ArtifactNotFound or ArtifactDigestMismatch naming the files.
 */
export async function checkFiles(artifacts: ArtifactStore, files: FileManifest): Promise<void> {
  const missing: string[] = [];
  for (const { path, sha256, size } of files) {
    if (!(await artifacts.has(sha256))) {
      missing.push(path);
      continue;
    }
    const actual = await artifacts.size(sha256);
    if (actual !== size) {
      throw new FarledError('ArtifactDigestMismatch', `"${path}" has ${actual} bytes, not ${size} as announced.`, {
        suggestion: 'Announce the size of the file that was uploaded.',
      });
    }
  }
  if (missing.length > 0) {
    const more = missing.length > SHOWN ? ` and ${missing.length - SHOWN} more` : '';
    const names = missing.slice(0, SHOWN).map((path) => `"${path}"`);
    throw new FarledError('ArtifactNotFound', `These files were not uploaded: ${names.join(', ')}${more}.`, {
      suggestion: 'Upload each file under its SHA-256 first.',
      details: missing
        .slice(0, SHOWN)
        .map((path) => ({ code: 'ArtifactNotFound', message: 'was not uploaded', target: path })),
    });
  }
}
