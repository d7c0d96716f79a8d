import { randomUUID } from 'node:crypto';

import { FarledError, type Package, type PackageModels, parseModelId } from '@farled/contract';
import { isoTime } from '@farled/service';
import type { PackageRecord, Stores, WorkspaceRecord } from '@farled/state';

import { checkFiles } from '../check-files.ts';
import type { HandlersOf } from '../handler.ts';
import { withoutSecrets } from '../inference-secrets.ts';
import { operate } from '../operate.ts';
import type { AppParts } from '../parts.ts';
import { resolveInference } from '../service-spec.ts';

export function packageHandlers(parts: AppParts): HandlersOf<'packages'> {
  const { state, artifacts, clock } = parts;
  return {
    createPackage: async ({ params, body: { operationId, ...body } }) => {
      const workspace = await state.workspaces.get(params);
      await checkFiles(artifacts, body.inference.source);
      if (!body.generateDockerfile && !parts.hasRegistry) {
        throw new FarledError('NoRegistry', 'There is no registry that an image could be pushed to.', {
          suggestion: 'Ask for a Dockerfile, or start Farled with FARLED_REGISTRY=host/path of a registry.',
        });
      }
      const id = operationId ?? randomUUID();
      const imageLabel = body.imageLabel ?? isoTime(clock).replaceAll(/\D/g, '').slice(0, 14);
      const operation = await operate(
        state,
        workspace,
        { operationId: id, request: { kind: 'PackageModels', params, body: withoutSecrets(state, body) } },
        () => Promise.resolve({ kind: 'PackageModels', type: 'package', id, name: `${body.imageName}:${imageLabel}` }),
        async (stores) => {
          const spec = await resolvePackage(stores, workspace, body, imageLabel);
          await stores.packages.create({ id, workspaceId: workspace.key, spec });
        },
      );
      return [202, operation];
    },
    getPackage: async ({ params }) => {
      const { key } = await state.workspaces.get(params);
      return [200, toPackage(await state.packages.get(key, params.package))];
    },
  };
}

async function resolvePackage(
  stores: Stores,
  workspace: WorkspaceRecord,
  { models, inference, imageName, generateDockerfile }: Omit<PackageModels, 'operationId'>,
  imageLabel: string,
): Promise<PackageRecord['spec']> {
  for (const id of models) {
    await stores.models.get(workspace.key, parseModelId(id));
  }
  const code = await resolveInference(stores, workspace, inference, undefined);
  return { form: generateDockerfile ? 'dockerfile' : 'image', imageName, imageLabel, models, ...code };
}

function toPackage({ id, spec, result, createdTime }: PackageRecord): Package {
  const { form, imageName, imageLabel, models, entryScript, environment } = spec;
  return {
    id,
    form,
    imageName,
    imageLabel,
    models: [...models],
    inference: { entryScript, environment },
    location: result?.location ?? null,
    digest: result?.digest ?? null,
    files: [...(result?.files ?? [])],
    createdTime,
  };
}
