/** What a client says of the services it wants listed. Pure. */
import { FarledError, ModelId, type RouteArguments, type routes } from '@farled/contract';

type Filter = RouteArguments<typeof routes.services.list>['query'];
type Query = Readonly<Record<string, string | undefined>>;

/** None of these can be said of a service here: no service has what they ask for. */
const OF_IMAGES = ['imageName', 'imageId', 'imageDigest'];

/** Null when no service can be meant. @throws FarledError BadArgument. */
export function serviceFilter(query: Query): Filter | null {
  const { computeType, modelName, modelId, tags, properties, count } = query;
  if (OF_IMAGES.some((name) => (query[name] ?? '') !== '')) {
    return null;
  }
  if (modelId !== undefined && modelId !== '' && !ModelId.safeParse(modelId).success) {
    throw new FarledError('BadArgument', `modelId "${modelId}" is not name:version, like mymodel:1.`);
  }
  const skipToken = query['$skipToken'];
  return {
    ...(computeType ? { computeType } : {}),
    ...(modelName ? { modelName } : {}),
    ...(modelId ? { modelId } : {}),
    ...(tags ? { tag: listed(tags) } : {}),
    ...(properties ? { property: listed(properties) } : {}),
    ...(count ? { count } : {}),
    ...(skipToken ? { skipToken } : {}),
  };
}

function listed(text: string): string[] {
  return text.split(',').filter((part) => part !== '');
}

/** Address of the page that follows. */
export function nextPage(address: string, query: Query, skipToken: string): string {
  const said = Object.entries(query).flatMap(([name, value]): [string, string][] =>
    value === undefined || name === '$skipToken' ? [] : [[name, value]],
  );
  return `${address}?${new URLSearchParams([...said, ['$skipToken', skipToken]]).toString()}`;
}
