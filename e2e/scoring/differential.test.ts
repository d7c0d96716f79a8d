/**
 * The same requests to Farled's runtime and to azureml-inference-server-http, with the same scripts: status, headers and
 * body are equal, but for what kept-differences.ts lists.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { DOCUMENTS } from './cases/documents.ts';
import { RAW } from './cases/raw.ts';
import { SCHEMA } from './cases/schema.ts';
import { TEXT } from './cases/text.ts';
import { type Compared, compared, expected } from './compare.ts';
import { KEPT } from './kept-differences.ts';
import { Peers, pythons, startOurs } from './servers.ts';

const CASES = [...TEXT, ...RAW, ...SCHEMA, ...DOCUMENTS];

let python: Awaited<ReturnType<typeof pythons>>;
let peers: Peers;
beforeAll(async () => {
  python = await pythons();
  peers = new Peers(python.full);
});
afterAll(() => peers?.[Symbol.asyncDispose]());

describe.each(CASES)('$name', (tried) => {
  test('is answered as by the original', { timeout: 120_000 }, async () => {
    const peer = await peers.start(tried);
    const theirs: Compared[] = [];
    for (const asked of tried.requests) {
      theirs.push(compared(await peer.ask(asked)));
    }
    await peer[Symbol.asyncDispose]();
    for (const environment of tried.environments ?? (['full', 'bare'] as const)) {
      await using ours = await startOurs(tried, python[environment]);
      for (const [index, asked] of tried.requests.entries()) {
        const own = compared(await ours.ask(asked));
        const what = `${environment}: ${JSON.stringify(asked).slice(0, 200)}`;
        const answered = theirs[index] ?? own;
        expect.soft({ what, ...own }).toEqual({ what, ...expected(answered, asked) });
        if (asked.differs !== undefined) {
          expect.soft(own, `${what} does not differ any more`).not.toEqual(answered);
        }
      }
    }
  });
});

test('every difference is on the page of entry scripts', async () => {
  const page = await readFile(join(import.meta.dirname, '..', '..', 'docs', 'entry-scripts.md'), 'utf8');
  const blanks = (text: string): string => text.replaceAll(/\s+/g, ' ');
  for (const reason of Object.values(KEPT)) {
    expect.soft(blanks(page)).toContain(blanks(reason));
  }
});
