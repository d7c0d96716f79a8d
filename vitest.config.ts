import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { conditions: ['@farled/source'] },
  ssr: { resolve: { conditions: ['@farled/source'], externalConditions: ['@farled/source'] } },
  test: {
    include: ['packages/*/src/**/*.test.ts', 'tools/**/*.test.ts', 'bench/**/*.test.ts', 'e2e/**/*.test.ts'],
    globalSetup: ['e2e/cluster/test-run.ts'],
    execArgv: ['--conditions=@farled/source'],
    testTimeout: 30_000,
    // A cluster is left in a hook, and lets go in its own time.
    hookTimeout: 600_000,
    // Real clusters on a shared machine may be starved for a moment; what fails twice is broken.
    retry: process.env['CI'] === undefined ? 0 : 1,
    pool: 'forks',
  },
});
