/** Rows of resource groups: a group made by itself and one that comes with a workspace are alike. */
import { isoTime } from '@farled/service';

import type { Session } from '../session.ts';

export interface GroupReference {
  readonly subscriptionId: string;
  readonly resourceGroup: string;
}

/** Unless it is there. */
export async function ensureGroup(
  { db, clock }: Session,
  reference: GroupReference,
  { location, tags }: { readonly location: string; readonly tags: Readonly<Record<string, string>> },
): Promise<void> {
  await db
    .insertInto('resourceGroups')
    .values({
      key: groupKey(reference),
      subscriptionId: reference.subscriptionId,
      name: reference.resourceGroup,
      location,
      tags: JSON.stringify(tags),
      createdTime: isoTime(clock),
    })
    .onConflict((conflict) => conflict.column('key').doNothing())
    .execute();
}

/** Ids are compared without regard to case. */
export function groupKey({ subscriptionId, resourceGroup }: GroupReference): string {
  return `${subscriptionId}/${resourceGroup}`.toLowerCase();
}
