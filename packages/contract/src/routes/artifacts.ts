import { z } from 'zod';

import { FileManifest, Sha256, WorkspacePath } from '../resources/common.ts';
import { BYTES, route } from '../route.ts';
import { WORKSPACE } from './workspaces.ts';

const ArtifactPath = WorkspacePath.extend({ sha256: Sha256 });
const tag = 'Artifacts';

export const artifacts = {
  missing: route({
    operationId: 'findMissingArtifacts',
    method: 'POST',
    path: `${WORKSPACE}/artifacts/missing`,
    summary: 'Says which of the files named have not been uploaded yet.',
    tag,
    params: WorkspacePath,
    body: z.strictObject({ files: FileManifest }),
    responses: { 200: z.object({ missing: z.array(Sha256) }) },
    idempotent: true,
  }),
  upload: route({
    operationId: 'uploadArtifact',
    method: 'PUT',
    path: `${WORKSPACE}/artifacts/:sha256`,
    summary: 'Stores bytes under their SHA-256, which is checked.',
    tag,
    params: ArtifactPath,
    body: BYTES,
    responses: { 201: z.object({ sha256: Sha256, size: z.int() }) },
    idempotent: true,
  }),
  download: route({
    operationId: 'downloadArtifact',
    method: 'GET',
    path: `${WORKSPACE}/artifacts/:sha256`,
    summary: 'Reads bytes by their SHA-256.',
    tag,
    params: ArtifactPath,
    responses: { 200: BYTES },
    idempotent: true,
  }),
} as const;
