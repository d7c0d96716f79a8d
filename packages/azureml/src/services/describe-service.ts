/** Gathers what azureml-core reads of services beyond themselves. */
import { type Environment, isFarledError, type Model, parseModelId, type Service } from '@farled/contract';
import type { WorkspaceReference } from '@farled/contract';

import type { CompatibleParts } from '../parts.ts';
import { toWireService } from './wire-service.ts';

type WireService = ReturnType<typeof toWireService>;

export async function describeServices(
  { state }: Pick<CompatibleParts, 'state'>,
  workspace: WorkspaceReference,
  services: readonly Service[],
): Promise<readonly WireService[]> {
  const { key } = await state.workspaces.get(workspace);
  const environments = remembering(({ name, version }: Service['inference']['environment']) =>
    state.environments.get(key, name, version),
  );
  const models = remembering((id: string) => state.models.get(key, parseModelId(id)).catch(unknown));
  const described: WireService[] = [];
  for (const service of services) {
    const operation = await state.operations.find(key, service.operationId);
    const record = await state.services.byId(service.id);
    const found = await Promise.all(service.models.map(models));
    described.push(
      toWireService(service, {
        environment: await environments(service.inference.environment),
        models: found.filter((model) => model !== undefined),
        awaitsChange: operation?.state === 'NotStarted',
        hasAnswered: (record?.lastGood ?? null) !== null,
      }),
    );
  }
  return described;
}

/** A service that is being deleted may have models no more. */
function unknown(error: unknown): undefined {
  if (!isFarledError(error)) {
    throw error;
  }
}

/** Services of one workspace have much in common. */
function remembering<Key, Found extends Environment | Model | undefined>(find: (key: Key) => Promise<Found>) {
  const known = new Map<string, Promise<Found>>();
  return (key: Key): Promise<Found> => {
    const text = JSON.stringify(key);
    const found = known.get(text) ?? find(key);
    known.set(text, found);
    return found;
  };
}
