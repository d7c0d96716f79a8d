/** Filters and pages of lists of models. */
import type { RouteArguments, routes } from '@farled/contract';

type ListQuery = RouteArguments<typeof routes.models.list>['query'];

/** azureml-core asks for 255 at most, and for one when it looks for a name. */
const DEFAULT_COUNT = 255;
const MOST = 1000;

/**
 * What a list is asked for. Null: for what no model has, namely a dataset.
 *
 * Labels are separated by commas, so that a value with a comma in it can't be asked for, as in the original.
 */
export function fromModelQuery(query: Readonly<Record<string, string | undefined>>): ListQuery | null {
  if (given(query['datasetId']) !== undefined) {
    return null;
  }
  return {
    name: given(query['name']),
    framework: given(query['framework']),
    runId: given(query['runId']),
    tag: labels(query['tags'] ?? query['tag']),
    property: labels(query['properties']),
    latest: query['latestVersionOnly']?.toLowerCase() === 'true' ? 'true' : 'false',
    count: count(query['count']),
    skipToken: given(query['$skipToken']),
  };
}

function count(said: string | undefined): number {
  const number = Number(given(said) ?? DEFAULT_COUNT);
  return Number.isInteger(number) && number >= 1 ? Math.min(number, MOST) : DEFAULT_COUNT;
}

function labels(said: string | undefined): string[] | undefined {
  const found = (said ?? '').split(',').filter((label) => label !== '');
  return found.length === 0 ? undefined : found;
}

function given(text: string | undefined): string | undefined {
  return text === undefined || text === '' ? undefined : text;
}
