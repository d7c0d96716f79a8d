/** How a Kubernetes is reached: by a kubeconfig, or from within. */
import { resolve } from 'node:path';

import { FarledError } from '@farled/contract';
import { readKubeconfig } from '@farled/sdk';

import type { Parts, ValuesOf } from '../../command.ts';
import { flag, text } from '../../parse/options.ts';

export const ACCESS_OPTIONS = {
  kubeconfig: text(
    '--kubeconfig',
    'FILE',
    'Kubeconfig that leads to the cluster, - for standard input. Files that it names are sent with it, other contexts are not.',
  ),
  context: text('--context', 'NAME', 'Context of the kubeconfig, its current one by default.'),
  inCluster: flag('--in-cluster', 'The cluster is the one that the server itself runs in.'),
} as const;

type Access = { readonly kubeconfig: string; readonly context: string | undefined } | { readonly inCluster: true };

/** Undefined when none of the options was given. @throws FarledError BadArgument for more than one way. */
export async function readAccess(
  { kubeconfig, context, inCluster }: ValuesOf<typeof ACCESS_OPTIONS>,
  { folder, readInput }: Pick<Parts, 'folder' | 'readInput'>,
): Promise<Access | undefined> {
  if (kubeconfig !== undefined && inCluster) {
    throw new FarledError('BadArgument', 'The cluster is named by --kubeconfig and by --in-cluster.', {
      suggestion: 'Leave one of them out.',
    });
  }
  if (kubeconfig === undefined && context !== undefined) {
    throw new FarledError('BadArgument', 'A context is of a kubeconfig, and none is named.', {
      suggestion: 'Add --kubeconfig FILE, or leave --context out.',
    });
  }
  if (kubeconfig === undefined) {
    return inCluster ? { inCluster } : undefined;
  }
  const place = kubeconfig === '-' ? { text: await readInput(), folder } : { path: resolve(folder, kubeconfig) };
  return { kubeconfig: await readKubeconfig(place, context), context };
}
