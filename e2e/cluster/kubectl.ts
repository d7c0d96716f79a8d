import { run } from './commands.ts';
import type { Layout } from './layout.ts';
import { plainEnvironment } from './processes.ts';
import type { ClusterState } from './state.ts';

/** Runs kubectl as an administrator; what it printed. */
export function kubectl(
  layout: Layout,
  { kubernetes }: Pick<ClusterState, 'kubernetes'>,
  args: readonly string[],
  input?: string,
): Promise<string> {
  const options = { env: plainEnvironment(), ...(input !== undefined && { input }) };
  return run(kubernetes, ['kubectl', `--kubeconfig=${layout.kubeconfig}`, ...args], options);
}
