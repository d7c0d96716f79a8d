// npm run cluster -- up | down | status | kubeconfig: a real Kubernetes on this machine, for tests and for trying things.
import { runSource } from './install.mjs';
import { installClusterTools } from './test-tools.mjs';

await installClusterTools();
await runSource('e2e/cluster/main.ts', process.argv.slice(2));
