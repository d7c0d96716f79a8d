import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { MAY_IMPORT, ONLY_IN } from '../oxlint.config.ts';

const ROOT = resolve(import.meta.dirname, '..');

/** A dependency check that sees nothing looks exactly like one that passes: so faults are planted and must be found. */
describe('the import rules', () => {
  let folder: string;
  let faults: { readonly filename: string; readonly message: string }[];

  const planted = {
    'packages/contract/src/a.ts': `import '@farled/service';`,
    'packages/contract/src/b.ts': `import 'node:fs';`,
    'packages/router/src/a.ts': `import { openState } from '@farled/state';\nopenState;`,
    'packages/router/src/deep/b.ts': `import type { State } from '@farled/state';\nexport type S = State;`,
    'packages/runtime/src/a.ts': `import '../../router/src/index.ts';`,
    'packages/cli/src/a.ts': `import '@farled/server';`,
    'packages/controller/src/a.ts': `import { Kysely } from 'kysely';\nKysely;`,
    'packages/server/src/a.ts': `import 'node:sqlite';`,
  };
  const allowed = {
    'packages/sdk/src/a.ts': `import { routes } from '@farled/contract';\nexport const all = routes;`,
    'packages/state/src/a.ts': `import { Kysely } from 'kysely';\nexport const k = Kysely;`,
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'farled-lint-'));
    await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    // The rules' file patterns count from the folder of their config, so the config is planted too.
    await copyFile(join(ROOT, 'oxlint.config.ts'), join(folder, 'oxlint.config.ts'));
    for (const [path, text] of Object.entries({ ...planted, ...allowed })) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    const oxlint = join(ROOT, 'node_modules', '.bin', 'oxlint');
    const args = ['--format', 'json', 'packages'];
    const { stdout } = await promisify(execFile)(oxlint, args, { cwd: folder }).catch(
      (error: { stdout: string }) => error,
    );
    const { diagnostics } = JSON.parse(stdout) as {
      diagnostics: { filename: string; message: string; code: string; help?: string }[];
    };
    faults = diagnostics
      .filter(({ code }) => code.includes('no-restricted-imports'))
      .map(({ filename, message, help }) => ({ filename, message: `${message} ${help ?? ''}` }));
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  test.each(Object.keys(planted))('find the planted violation in %s', (path) => {
    expect(faults.map(({ filename }) => filename)).toContain(path);
  });

  test.each(Object.keys(allowed))('let %s pass', (path) => {
    expect(faults.map(({ filename }) => filename)).not.toContain(path);
  });

  test('name packages that exist', () => {
    const known = new Set(Object.keys(MAY_IMPORT));
    for (const allowedPackages of [...Object.values(MAY_IMPORT), ...Object.values(ONLY_IN)]) {
      expect(allowedPackages.filter((name) => !known.has(name))).toEqual([]);
    }
  });
});
