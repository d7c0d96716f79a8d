import { readFile } from 'node:fs/promises';

import { expect, test } from 'vitest';

import { renderReference } from './reference.ts';

test('docs/cli.md says what the commands are now', async () => {
  const written = await readFile(new URL('../../../docs/cli.md', import.meta.url), 'utf8');
  expect(written, 'write it anew: node --conditions=@farled/source tools/write-cli-docs.ts').toBe(renderReference());
});
