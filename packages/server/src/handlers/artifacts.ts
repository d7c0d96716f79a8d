import type { HandlersOf } from '../handler.ts';
import type { AppParts } from '../parts.ts';

export function artifactHandlers({ state, artifacts }: AppParts): HandlersOf<'artifacts'> {
  return {
    findMissingArtifacts: async ({ params, body }) => {
      await state.workspaces.get(params);
      const missing: string[] = [];
      for (const sha256 of new Set(body.files.map((file) => file.sha256))) {
        if (!(await artifacts.has(sha256))) {
          missing.push(sha256);
        }
      }
      return [200, { missing }];
    },
    uploadArtifact: async ({ params, body }) => {
      await state.workspaces.get(params);
      const { sha256 } = params;
      return [201, { sha256, size: await artifacts.put(sha256, body) }];
    },
    downloadArtifact: async ({ params }) => {
      await state.workspaces.get(params);
      const size = await artifacts.size(params.sha256);
      return [200, { bytes: await artifacts.open(params.sha256), size }];
    },
  };
}
