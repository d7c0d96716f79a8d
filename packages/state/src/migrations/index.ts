/** The steps that made the tables what they are, in order; a step that was released is never changed. */
import type { Migration } from 'kysely/migration';

import { initial } from './0001-initial.ts';
import { kubernetesClusters } from './0002-kubernetes-clusters.ts';
import { previousGood } from './0003-previous-good.ts';
import { registryPasswords } from './0004-registry-passwords.ts';
import { packages } from './0005-packages.ts';
import { placement } from './0006-placement.ts';
import { signingKeys } from './0007-signing-keys.ts';
import { identities } from './0008-identities.ts';
import { tokenRevocation } from './0009-token-revocation.ts';
import { resourceGroups } from './0011-resource-groups.ts';
import { stagedFiles } from './0012-staged-files.ts';
import { environmentLabels } from './0013-environment-labels.ts';
import { legacyImages } from './0014-legacy-images.ts';
import { endpoints } from './0015-endpoints.ts';
import { rollouts } from './0016-rollouts.ts';

/** What differs between the databases in the language of tables. */
export type DatabaseKind = 'sqlite' | 'postgres';

export function migrations(kind: DatabaseKind): Record<string, Migration> {
  return {
    '0001-initial': initial(kind),
    '0002-kubernetes-clusters': kubernetesClusters,
    '0003-previous-good': previousGood,
    '0004-registry-passwords': registryPasswords,
    '0005-packages': packages,
    '0006-placement': placement,
    '0007-signing-keys': signingKeys,
    '0008-identities': identities(kind),
    '0009-token-revocation': tokenRevocation,
    '0011-resource-groups': resourceGroups,
    '0012-staged-files': stagedFiles,
    '0013-environment-labels': environmentLabels,
    '0014-legacy-images': legacyImages(kind),
    '0015-endpoints': endpoints(kind),
    '0016-rollouts': rollouts,
  };
}
