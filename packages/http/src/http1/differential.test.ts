/** Our reading of requests beside that of Node's own parser, on generated streams. */
import { expect, test } from 'vitest';

import { frame } from './testing/framing.ts';
import { createRandom, generateStream, split } from './testing/generate.ts';
import { frameByNode } from './testing/node-framing.ts';

const MESSAGES = process.env['FARLED_SOAK'] === undefined ? 24_000 : 1_500_000;
const SEED = Number(process.env['FARLED_SEED'] ?? 20_261_125);
const AT_ONCE = 250;

test(
  'whatever we accept, Node accepts and frames as we do, however it comes in pieces',
  { timeout: 3_600_000 },
  async () => {
    const random = createRandom(SEED);
    const count = { messages: 0, accepted: 0, refused: 0, byNode: 0 };
    while (count.messages < MESSAGES) {
      const streams = Array.from({ length: AT_ONCE }, () => generateStream(random));
      const theirs = await frameByNode(streams.map(({ bytes }) => bytes));
      for (const [index, { bytes, messages }] of streams.entries()) {
        const ours = frame([bytes]);
        const expected = theirs[index]?.slice(0, ours.messages.length);
        const text = JSON.stringify(bytes.toString('latin1'));
        if (JSON.stringify(ours.messages) !== JSON.stringify(expected)) {
          expect({ text, messages: ours.messages }).toEqual({ text, messages: expected });
        }
        const inPieces = frame(split(random, bytes));
        if (JSON.stringify(inPieces) !== JSON.stringify(ours)) {
          expect({ text, ...inPieces }).toEqual({ text, ...ours });
        }
        count.messages += messages;
        count.accepted += ours.messages.length;
        count.refused += ours.fault === null ? 0 : 1;
        count.byNode += theirs[index]?.length ?? 0;
      }
    }
    // Else it would say nothing: both happen, and most of what Node accepts is accepted.
    expect(count.accepted / count.messages).toBeGreaterThan(0.25);
    expect(count.refused / count.messages).toBeGreaterThan(0.1);
    expect(count.accepted / count.byNode).toBeGreaterThan(0.7);
  },
);
