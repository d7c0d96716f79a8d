import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { conditions: ['@farled/source'] },
  ssr: { resolve: { conditions: ['@farled/source'], externalConditions: ['@farled/source'] } },
  test: {
    include: ['packages/*/src/**/*.test.ts', 'tools/**/*.test.ts', 'e2e/**/*.test.ts'],
    globalSetup: ['e2e/cluster/test-run.ts'],
    execArgv: ['--conditions=@farled/source'],
    testTimeout: 30_000,
    hookTimeout: 120_000,
    pool: 'forks',
  },
});
