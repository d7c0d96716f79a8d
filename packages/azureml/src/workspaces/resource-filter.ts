/** The `$filter` of lists of resources, as far as workspaces can be told apart by it. Pure. */
import type { Workspace } from '@farled/contract';

import { WORKSPACE_TYPE } from './wire-workspace.ts';

const COMPARISON = /\b([A-Za-z]{1,40})\s{1,9}eq\s{1,9}'((?:[^']|'')*)'/g;

/** What is compared with, in lower case, by the name in lower case. What is no comparison says nothing. */
export function comparisons(filter: string | undefined): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [, name = '', value = ''] of (filter ?? '').matchAll(COMPARISON)) {
    found.set(name.toLowerCase(), value.replaceAll("''", "'").toLowerCase());
  }
  return found;
}

export function matches(workspace: Workspace, filter: string | undefined): boolean {
  const { name, resourceGroup, location, tags } = workspace;
  const known: Readonly<Record<string, string>> = {
    resourcetype: WORKSPACE_TYPE,
    resourcegroup: resourceGroup,
    name,
    location,
  };
  const wanted = comparisons(filter);
  const tag = wanted.get('tagname');
  const value = wanted.get('tagvalue');
  return (
    Object.entries(known).every(([key, is]) => (wanted.get(key) ?? is.toLowerCase()) === is.toLowerCase()) &&
    (tag === undefined ||
      Object.entries(tags).some(
        ([key, is]) => key.toLowerCase() === tag && (value === undefined || is.toLowerCase() === value),
      ))
  );
}
