/** How far an upload is, in words. */
import type { UploadProgress } from '@farled/sdk';

export function uploadStatus(status: (text: string) => void): (progress: UploadProgress) => void {
  return ({ phase, doneBytes, totalBytes }) => {
    status(`${phase} ${megabytes(doneBytes)} of ${megabytes(totalBytes)} MB`);
  };
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}
