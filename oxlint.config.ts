import { defineConfig } from 'oxlint';
import type { OxlintOverride } from 'oxlint';

/**
 * Which package may import which of ours. An arrow that is not here is an error; ARCHITECTURE.md draws the picture.
 */
export const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  contract: [],
  sdk: ['contract'],
  service: ['contract'],
  autoscaling: ['contract'],
  http: ['contract', 'service'],
  kubernetes: ['contract', 'service'],
  image: ['contract', 'service'],
  state: ['contract', 'service'],
  identity: ['contract', 'service', 'state'],
  server: ['contract', 'identity', 'service', 'state'],
  azureml: ['contract', 'identity', 'server', 'service', 'state'],
  controller: ['autoscaling', 'contract', 'image', 'kubernetes', 'service', 'state'],
  router: ['autoscaling', 'contract', 'http', 'kubernetes', 'service'],
  runtime: ['contract', 'http', 'service'],
  cli: ['autoscaling', 'contract', 'sdk'],
  standalone: [
    'azureml',
    'contract',
    'controller',
    'identity',
    'image',
    'kubernetes',
    'router',
    'runtime',
    'sdk',
    'server',
    'service',
    'state',
  ],
};

/** Libraries that only these packages may import. */
export const ONLY_IN: Readonly<Record<string, readonly string[]>> = {
  pino: ['service'],
  kysely: ['state'],
  pg: ['state'],
  'node:sqlite': ['state'],
  fastify: ['azureml', 'server'],
  'oidc-provider': ['identity'],
  jose: ['identity'],
  '@peculiar/x509': ['azureml'],
  undici: ['image', 'kubernetes', 'router'],
  rolldown: ['image'],
  'tar-stream': ['azureml', 'image'],
  commander: ['cli'],
  '@clack/prompts': ['cli'],
};

/** Packages that also run in a browser: no Node module may enter. The SDK keeps its Node parts in `src/node/`. */
const BROWSER_SAFE = ['autoscaling', 'contract'];

/** One full list per folder, because overrides of one rule replace each other. */
function importRules(name: string): OxlintOverride {
  const forbiddenPackages = Object.keys(MAY_IMPORT).filter(
    (other) => other !== name && !MAY_IMPORT[name]?.includes(other),
  );
  const forbiddenLibraries = Object.keys(ONLY_IN).filter((library) => !ONLY_IN[library]?.includes(name));
  return {
    files: [`packages/${name}/src/**/*.ts`],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            ...forbiddenPackages.map((other) => ({
              group: [`@farled/${other}`, `@farled/${other}/*`, `**/packages/${other}/**`, `**/../${other}/src/**`],
              message: `${name} may import only: ${MAY_IMPORT[name]?.join(', ') || 'nothing of ours'}.`,
            })),
            ...forbiddenLibraries.map((library) => ({
              group: [library, `${library}/*`],
              message: `Only ${ONLY_IN[library]?.join(', ')} may import ${library}.`,
            })),
            ...(BROWSER_SAFE.includes(name) ? [{ group: ['node:*'], message: `${name} also runs in a browser.` }] : []),
          ],
        },
      ],
    },
  };
}

export default defineConfig({
  plugins: ['typescript', 'import', 'unicorn', 'promise', 'oxc'],
  categories: { correctness: 'error', suspicious: 'error' },
  options: { typeAware: true },
  ignorePatterns: ['**/dist', '**/node_modules', 'packages/runtime/python'],
  rules: {
    'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
    'import/no-cycle': 'error',
    'import/no-default-export': 'error',
    'import/no-unassigned-import': 'off',
    'import/no-named-as-default-member': 'off',
    'typescript/no-floating-promises': 'error',
    'typescript/no-misused-promises': 'error',
    'typescript/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    'typescript/no-explicit-any': 'error',
    'typescript/no-non-null-assertion': 'error',
    'typescript/no-unsafe-type-assertion': 'off',
    'typescript/consistent-type-imports': 'error',
    'unicorn/filename-case': ['error', { case: 'kebabCase' }],
    'unicorn/prefer-node-protocol': 'error',
    'unicorn/consistent-function-scoping': 'off',
    'unicorn/no-array-sort': 'error',
    'eslint/no-underscore-dangle': 'off',
    'eslint/no-console': 'error',
    'eslint/no-await-in-loop': 'off',
    'eslint/no-shadow': 'error',
    'eslint/eqeqeq': 'error',
    'promise/always-return': 'off',
    'typescript/consistent-return': 'off',
  },
  overrides: [
    ...Object.keys(MAY_IMPORT).map(importRules),
    { files: ['tools/**', 'bench/**', 'examples/**', 'e2e/**'], rules: { 'eslint/no-console': 'off' } },
    // Kysely's expression builders are made to be taken apart.
    { files: ['packages/state/src/**'], rules: { 'typescript/unbound-method': 'off' } },
    { files: ['*.config.ts'], rules: { 'import/no-default-export': 'off' } },
    {
      files: ['**/*.test.ts'],
      rules: { 'max-lines': 'off', 'eslint/no-shadow': 'off', 'typescript/unbound-method': 'off' },
    },
  ],
});
