import { systemClock } from '@farled/sdk';
import { describe, expect, test } from 'vitest';

import { createProgress } from './progress.ts';

function progress({ terminal }: { terminal: boolean }) {
  const written: string[] = [];
  const write = (text: string): number => written.push(text);
  return {
    text: () => written.join(''),
    ...createProgress({ write, terminal, colors: false, columns: () => 40, clock: systemClock }),
  };
}

describe('progress', () => {
  test('without a terminal there are plain lines', async () => {
    const { during, notice, text } = progress({ terminal: false });
    notice('careful');
    expect(
      await during('Deploying', async ({ line, status }) => {
        status('uploading');
        line('step 1');
        return 7;
      }),
    ).toBe(7);
    expect(text()).toBe('note: careful\nDeploying …\nstep 1\n');
  });

  test('on a terminal a spinner turns, and ends with how it went', async () => {
    const { during, text } = progress({ terminal: true });
    await during('Deploying', async ({ status, line }) => {
      status('uploading');
      await expect.poll(text).toContain('Deploying: uploading');
      line('step 1');
    });
    expect(text()).toMatch(/step 1\n[^]*✓ Deploying\n$/);
    await expect(during('Deleting', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(text()).toMatch(/✗ Deleting\n$/);
  });

  test('nothing in a log steers the terminal', async () => {
    const { during, text } = progress({ terminal: false });
    await during('x', ({ line }) => Promise.resolve(line('\u{1b}[2Jred\u{1b}[31m\u{7}\rover\ttab')));
    expect(text()).toBe('x …\nredover\ttab\n');
  });
});
